"""Offline: dataset, fit, evaluation, report, publication and the simulator."""
