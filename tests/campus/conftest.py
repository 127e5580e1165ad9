"""A small school: two campuses, building A with a floor and room 301, a keeper, a manager, a teacher."""
import pytest

from tests.campus.world import person, small_school


@pytest.fixture
def school(db):
    return small_school()


@pytest.fixture
def keeper(school):
    return person("K1", role="place_keeper", place=school.first)


@pytest.fixture
def manager(school):
    return person("M1", role="facilities_manager")


@pytest.fixture
def teacher(school):
    return person("T1", kinds=["teacher"])
