"""Addresses of the clients of the API."""

from django.urls import path

from pbr_ledger.clients import views

urlpatterns = [
    path("programs/", views.clients, name="clients"),
    path("programs/clients/add/", views.add_client, name="client-add"),
    path("programs/clients/<int:client_id>/", views.client, name="client"),
    path("programs/clients/<int:client_id>/second/", views.replace_client, name="client-replace"),
    path("programs/clients/<int:client_id>/addresses/", views.change_networks, name="client-networks"),
    path("programs/clients/<int:client_id>/close/", views.close_client, name="client-close"),
]
