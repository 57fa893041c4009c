"""Helpers for every black-box test: starting servers, speaking RESP, reading an AOF."""
