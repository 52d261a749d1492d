"""The Subspaces page: does each class own a subspace of few dimensions, and how do these subspaces meet?"""

from __future__ import annotations

from pages.parts import frame, linked, no_bundle, sidebar
from pages.parts.measures import analysis_card, checkpoint_curves, class_subspaces, glance, scope
from pages.parts.sidebar import Picked

GLANCE = ("mcr2", "principal_angles", "subspace_affinity", "subspace_classifier")
SENTENCE = (
    "A class that is well learned lies near a subspace of few dimensions. Angles between these subspaces say how far classes share "
    "directions; the coding rate says how much room each takes."
)


@linked.view("subspaces")
def show(picked: Picked) -> None:
    where = scope.header(picked, "Subspaces", SENTENCE)
    class_subspaces.show(where)
    checkpoint_curves.show(where, ["subspaces"], glance.known(GLANCE))
    analysis_card.family(where, "subspaces", "All measures of subspaces")


frame.required()
picked = sidebar.current()
if picked is None:
    no_bundle.show("Subspaces")
elif not picked.layer:
    no_bundle.features("Subspaces")
else:
    show(picked)
