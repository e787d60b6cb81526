"""A link to each page in which every filter has a value other than its default."""

PERIOD = {"from": "2026-01", "to": "2026-06"}
EVERY_FILTER: dict[str, dict[str, str]] = {
    "decision": {
        "verdict": "smb",
        "scenario": "outcome",
        "confidence": "95",
        "horizon": "24",
        "case": "High",
    },
    "triggers": {"segment": "smb", "months": "24"},
    "seat_utilization": {"segment": "smb", "currency": "USD", "active": "7 days", **PERIOD},
    "cohorts": {
        "segment": "smb",
        "currency": "USD",
        "from": "2025-12",
        "to": "2026-06",
        "retention": "GRR",
        "mrr": "With usage",
        "granularity": "Quarter",
        "cells": "Amount",
        "cohort": "2026-Q1",
        "age": "1",
        "month": "2026-05",
    },
    "bill_shock": {
        "segment": "smb",
        "scenario": "outcome",
        "currency": "USD",
        "model": "current",
        "relief": "soft_cap",
        "cap": "0.3",
        "rise": "4",
        "amount": "16",
        **PERIOD,
    },
    "shadow_billing": {
        "segment": "smb",
        "scenario": "outcome",
        "currency": "USD",
        "beside": "hybrid",
        "order": "Largest fall first",
        **PERIOD,
    },
    "account": {"account": "a07", "scenario": "outcome", "bill_month": "2026-05"},
    "timing": {
        "segment": "smb",
        "scenario": "outcome",
        "currency": "USD",
        "approach": "opt_in",
        "start": "2027-04",
        "size": "4",
        "without": "a08",
        "shocked": "stay",
    },
    "scenario_lab": {"scenario": "outcome", "segment": "smb"},
    "economics": {
        "segment": "smb",
        "scenario": "outcome",
        "currency": "USD",
        "by": "plan",
        **PERIOD,
    },
    "data_health": {"source": "seat_events", "since": "2026-09", "currency": "USD"},
    "definitions": {"q": "seats", "kind": "All", "segment": "smb"},
}
# margins at another version of the costs are published of all currencies together
LEFT_ALONE = {"economics": ["costs_pick"]}
