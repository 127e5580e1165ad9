"""The pages of accounts that no resource generates; the door has no prefix."""
from django.urls import path

from logistics.accounts import views

urlpatterns = [
    path("roles/", views.matrix, name="matrix"),
    path("why/", views.explain, name="explain"),
    path("people/<int:pk>/password/", views.start_password, name="start-password"),
]
doors = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("demo/", views.demo_sign_in, name="demo"),
    path("me/", views.profile, name="profile"),
    path("me/tokens/", views.my_tokens, name="my-tokens"),
    path("me/tokens/new/", views.new_token, name="my-token-new"),
    path("me/password/", views.change_password, name="change-password"),
    path("me/sign-out-everywhere/", views.sign_out_everywhere, name="sign-out-everywhere"),
]
