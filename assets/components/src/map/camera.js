// Where on the map we look. Map coordinates are normalised to [-1, 1]; screen coordinates are CSS pixels, y downwards.

const MARGIN = 0.94;
const MIN_ZOOM = 0.4;
const MAX_ZOOM = 5000;

export class Camera {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.extent = [1, 1]; // half widths of the data
    this.reset();
  }

  reset() {
    this.x = 0;
    this.y = 0;
    this.zoom = 1;
  }

  /** Pixels per map unit when everything is in view. */
  get fit() {
    return (MARGIN * Math.min(this.width / this.extent[0], this.height / this.extent[1])) / 2;
  }

  get scale() {
    return this.fit * this.zoom;
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toMap(sx, sy) {
    return [this.x + (sx - this.width / 2) / this.scale, this.y - (sy - this.height / 2) / this.scale];
  }

  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }

  /** Zooms by a factor and keeps what lies under (sx, sy) there. */
  zoomAbout(factor, sx, sy) {
    const [mx, my] = this.toMap(sx, sy);
    this.zoom = Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, this.zoom * factor));
    this.x = mx - (sx - this.width / 2) / this.scale;
    this.y = my + (sy - this.height / 2) / this.scale;
  }
}

/** Point diameter in CSS pixels and opacity, from how crowded the picture is. */
export function automaticLook(n, camera) {
  const area = camera.width * camera.height;
  const inView = n / Math.max(1, camera.zoom * camera.zoom);
  const size = Math.min(9, Math.max(1.6, Math.sqrt((0.22 * area) / Math.max(1, n)))) * Math.min(4, Math.max(1, camera.zoom) ** 0.4);
  const capped = Math.min(12, size);
  const crowding = (inView * capped * capped) / area;
  return { size: capped, opacity: Math.min(0.9, Math.max(0.28, 0.85 / Math.sqrt(Math.max(1, 3 * crowding)))) };
}
