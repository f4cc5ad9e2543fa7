"""Definitions of every figure of an evaluation, for a reader who has the report and not the program."""

from __future__ import annotations

from collections.abc import Mapping

DEFINITIONS: Mapping[str, str] = {
    "IoU": (
        "Intersection over union of the occupied voxels of a chair and its reconstruction, both 32³, the "
        "reconstruction cut above 0.5. 1 is the chair itself."
    ),
    "One piece": (
        "At least 99 % of the occupied voxels are one 26-connected component: voxels that share a face, an "
        "edge or a corner hold together."
    ),
    "Stands": (
        "A voxel is occupied in the lowest three layers of the cube, y < 3. Some catalogs let chairs hover "
        "in their cubes: these fail it, as the row of the chairs themselves shows."
    ),
    "Like its chairs": (
        "Stands with an allowance for them: a voxel is occupied in the three layers from where the chair "
        "stands, or below; of a blend, from where the higher-standing of its two chairs does."
    ),
    "Symmetry": (
        "The largest IoU of a shape with its mirror image, left for right, moved by −1, 0 or +1 voxel: the "
        "middle of a chair may lie between two voxels or in one. An empty shape counts 0. For a blend, read "
        "it beside its parents': the mean of the two chairs."
    ),
    "Novelty": (
        "1 − the largest IoU of a shape with any chair of the reference named above. 0 is a copy. High is "
        "not good in itself: a broken shape is new, too."
    ),
    "Step": (
        "1 − IoU of two neighbours on a morph of 11 shapes, t = 0, 0.1 … 1: Jaccard's distance, a metric. "
        "Where t = 0 and t = 1 are, a method's own reconstructions of A and B stand."
    ),
    "Largest over mean": (
        "The largest of a morph's ten steps over their mean: 1 is perfectly even, 10 is one jump. Within 3× "
        "is a morph where it is at most 3."
    ),
    "Even": "No step of a morph is above twice the mean step: largest over mean is at most 2.",
    "Largest over path": (
        "The largest step over the sum of all ten, so a tenth of the one before. After the Smoothness of "
        "Berthelot, Raffel, Roy and Goodfellow (2018, arXiv:1807.07543), who trace the angle of a drawn "
        "line; on voxels a step is a distance, and their 1/steps is not taken off."
    ),
    "Two-sample test": (
        "A small network of random weights learns to tell two kinds of grids apart and is measured on chairs "
        "that it has not seen (Lopez-Paz and Oquab 2017, arXiv:1610.06545). 50 % right is chance: the kinds "
        "pass for each other. Blends are of random pairs at t in 0.3 … 0.7. Learning on half of the chairs "
        "shows less than learning on the many that the weights were trained on."
    ),
    "Voxel blend": (
        "(1 − t)·A + t·B of the two grids, cut above 0.5. As grids are 0 and 1, that is A itself below "
        "t = 0.5 and B above, as whole as they are; at 0.5 every voxel of one chair alone is a tie, which is "
        "not above: what both occupy is left. So look at it at t = 0.5, and at its morphs, which are jumps."
    ),
    "Distance blend": (
        "The mean of the two signed distance fields (Euclidean, in voxels), occupied where positive: the "
        "better voxel blending, for it moves with t."
    ),
    "PCA": (
        "The chair minus the mean chair, on as many principal components as the method's name says, blended "
        "there, and cut above 0.5."
    ),
    "Nearest neighbour": "The chair of the reference with the largest IoU, in place of a reconstruction.",
    "Study": "The 2018 study's network, trained as its model card says and far smaller; also 64 numbers.",
    "Interval": (
        "95 %: what chance in choosing these chairs and pairs may have moved the figure by. Of means, "
        "medians and percentiles from 2,000 bootstrap resamples; of rates, Wilson's. Pairs share chairs, "
        "which makes theirs a little too narrow. All methods have the same chairs and pairs, so a "
        "difference between two rows is surer than their intervals say."
    ),
}
