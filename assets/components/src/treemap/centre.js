// Which samples of a cluster are nearest to its mean, from the short vectors of repgeom_core/views/central_order.py.

/** Writes each leaf's squared distance to the mean of all `leaves` into `distance`, an array over the tree's leaves. */
export function fromCentre(leaves, { m, arrays: { levels } }, distance) {
  const mean = new Float64Array(m);
  for (const leaf of leaves) for (let j = 0; j < m; j++) mean[j] += levels[leaf * (m + 1) + j];
  for (let j = 0; j < m; j++) mean[j] /= leaves.length;
  for (const leaf of leaves) {
    const at = leaf * (m + 1);
    let sum = levels[at + m] ** 2; // what lies outside of the directions
    for (let j = 0; j < m; j++) sum += (levels[at + j] - mean[j]) ** 2;
    distance[leaf] = sum;
  }
}
