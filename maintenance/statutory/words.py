"""What a new school's checks ask, scheme by scheme (facilities.md 9); rows afterwards, which the school changes by a new version.

Nothing here is read again once the checklist of a scheme is made.
"""

from __future__ import annotations

from dataclasses import dataclass

Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shipped:
    """By what a scheme is checked at first; `asks` are its questions, Chinese and English."""

    way: str = "round"
    duty: str = ""
    domain: str = "equipment"
    tag: bool = True
    asks: Lines = ()


SHIPPED: dict[str, Shipped] = {
    "extinguisher.check": Shipped(
        duty="maintenance.extinguishers",
        domain="fire",
        asks=(
            ("压力指针在绿区，无锈蚀损伤", "Needle in the green, no rust or damage"),
            ("铅封、保险销、喷管完好", "Seal, pin and hose are whole"),
            ("在原位，取用方便，无遮挡", "In its place, easy to reach"),
            ("在维修、报废期限内", "Within its time of service and life"),
        ),
    ),
    "fire_facility.patrol": Shipped(
        domain="fire",
        asks=(
            ("消火栓、水泵接合器完好无遮挡", "Hydrants are whole and free"),
            ("自动报警、喷淋系统无故障信号", "Alarm and sprinkler systems show no fault"),
            ("疏散指示、应急照明完好", "Exit signs and emergency lights work"),
        ),
    ),
    "fire.patrol": Shipped("patrol", "maintenance.fire_patrol_day", "fire"),
    "fire.night_patrol": Shipped("patrol", "maintenance.fire_patrol_night", "fire"),
    "fire.inspection": Shipped("patrol", "maintenance.fire_inspection", "fire"),
    "fire.college": Shipped("patrol", "maintenance.fire_inspection", "fire"),
    "fire.ten_rules": Shipped(
        domain="fire",
        asks=(
            ("各岗位消防责任人已公示", "Who answers for fire safety is named at each post"),
            ("地下室、半地下室无宿舍", "No dormitory in a basement"),
            ("没有用易燃可燃材料隔断", "No partitions that burn"),
        ),
    ),
    "special.self_check": Shipped(
        duty="maintenance.self_check",
        asks=(
            ("运行无异常声响、振动、泄漏", "No unusual sound, shaking or leak"),
            ("安全附件、保护装置有效", "Safety devices work"),
            ("使用标志、警示标志在位", "Marks of use and warnings are displayed"),
        ),
    ),
    "special.daily": Shipped("sheet", "daily"),
    "special.weekly": Shipped("sheet", "weekly"),
    "special.monthly": Shipped("sheet", "monthly"),
    "vessel.yearly": Shipped(
        asks=(
            ("本体、接口无变形泄漏", "No deformation or leak"),
            ("安全阀、压力表在检定期内", "Valve and gauge are within their verification"),
        ),
    ),
    "building.survey": Shipped(
        domain="building",
        asks=(
            ("墙体、梁柱、楼板无新裂缝", "No new cracks in walls, beams and floors"),
            ("屋面、吊顶、外墙无渗漏松动", "Roof, ceilings and facade tight and firm"),
            ("栏杆扶手牢固，高度够", "Railings are firm and high enough"),
        ),
    ),
    "playground.daily": Shipped(
        domain="building", asks=(("无破损、松动、尖锐物，地面无障碍", "Nothing broken, loose or sharp; the ground is free"),)
    ),
    "playground.monthly": Shipped(
        domain="building",
        asks=(("连接件、磨损件完好", "Joints and worn parts are sound"), ("缓冲地面厚度够", "The soft ground is thick enough")),
    ),
    "fitness.outdoor": Shipped(asks=(("立柱、焊缝、紧固件完好", "Posts, welds and bolts are sound"),)),
    "sports.equipment": Shipped(tag=False, asks=(("器材牢固，无破损", "Firm, nothing broken"),)),
    "rcd.button": Shipped(asks=(("按试验按钮，漏电保护器跳闸", "Pressing the test button trips it"),)),
    "electric_room.patrol": Shipped(
        asks=(
            ("无异味、异响、过热", "No smell, noise or heat"),
            ("门锁、挡鼠板、灭火器齐全", "Lock, rodent board and extinguisher are there"),
        )
    ),
    "emergency_light.function": Shipped(domain="fire", tag=False, asks=(("按试验按钮，灯亮", "It lights when tested"),)),
    "campaign.term": Shipped("patrol", "maintenance.campaign_term", "other"),
    "campaign.flood": Shipped("patrol", "maintenance.campaign_flood", "other"),
    "campaign.winter": Shipped("patrol", "maintenance.campaign_winter", "other"),
}
