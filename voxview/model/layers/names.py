"""The networks' names. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping

NETWORKS: Mapping[str, str] = {
    "chairs": "the default autoencoder of voxels",
    "chairs-free": "the same, trained on procedural chairs",
    "study": "the 2018 study's autoencoder",
    "picture": "what reads pictures: a small residual network",
    "pointnet2": "what reads points: PointNet++",
    "pointnet": "the same by PointNet",
    "parts": "what labels parts: PointNet++ with feature propagation",
    "alexnet": "AlexNet of 2012: two groups, 1,000 outputs",
    "alexnet-one-group": "the same without groups",
    "alexnet-one-tower": "AlexNet of 2014 in one tower",
}
"""Every network that can be described without a file: name → what it is."""
