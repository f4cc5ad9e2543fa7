"""Reading the triangles of glTF 2.0 files, `.glb` and `.gltf`, by our own parser.

Of five awkward files trimesh 5.2 reads two: it takes normalised integers for lengths, does not look at sparse
accessors, and reads what requires an extension that it does not know. VTK and MeshLab fail on the same ones,
Assimp on the first and the last; pygltflib reads the JSON alone. What stands in JSON is checked against what
is there before anything is allocated, and world transforms are accumulated from the roots: trimesh multiplies
each out anew. Compressed parts are decoded by DracoPy (Apache-2.0) and meshoptimizer (MIT), which wrap the
reference decoders and are kept; both decoders check what they read.
"""
