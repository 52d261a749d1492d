// Rows of a view and samples of the universe (the bundle) that they are: row i is sample `rows[i]`, or i where there are no rows.

export class Samples {
  constructor(universe, rows = null) {
    this.universe = universe;
    this.rows = rows;
    this.found = null;
  }

  of(row) {
    return this.rows ? this.rows[row] : row;
  }

  /** The row of a sample, or -1: it is none of this view. */
  rowOf(sample) {
    if (!this.rows || sample < 0) return sample;
    this.found ??= new Map(Array.from(this.rows, (of, row) => [of, row]));
    return this.found.get(sample) ?? -1;
  }
}
