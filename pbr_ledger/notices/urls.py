"""The address of one's own choices."""

from django.urls import path

from pbr_ledger.notices import views

urlpatterns = [path("account/notices/", views.notice_choices, name="notice-choices")]
