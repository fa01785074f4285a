// View: which span of the run is shown. The timeline, its overview and the charts all follow it.

const VIEW_MIN = 20;  // microseconds: finer than any clock here can tell

const view = {
  from: 0,
  to: Math.max(data.end, 1),
  listeners: [],

  get span() { return this.to - this.from; },
  get whole() { return this.from <= 0 && this.to >= this.limit; },
  limit: Math.max(data.end, 1),

  onChange(listener) { this.listeners.push(listener); },

  /** Shows [from, to], shifted and cut to what the run holds. */
  set(from, to) {
    const span = Math.min(Math.max(to - from, VIEW_MIN), this.limit);
    const begin = Math.min(Math.max((from + to - span) / 2, 0), this.limit - span);
    if (begin === this.from && begin + span === this.to) return;
    this.from = begin;
    this.to = begin + span;
    for (const listener of this.listeners) listener();
  },

  /** Makes the span `factor` times as long, with `time` staying where it is on the screen. */
  zoomAt(time, factor) {
    const span = Math.min(Math.max(this.span * factor, VIEW_MIN), this.limit);
    const share = (time - this.from) / this.span;
    const from = Math.min(Math.max(time - share * span, 0), this.limit - span);
    this.set(from, from + span);
  },

  zoom(factor) { this.zoomAt((this.from + this.to) / 2, factor); },
  pan(share) {
    const shift = share * this.span;
    const from = Math.min(Math.max(this.from + shift, 0), this.limit - this.span);
    this.set(from, from + this.span);
  },
  showAll() { this.set(0, this.limit); },

  /** Shows a span with room on both sides. */
  focus(from, to) {
    const margin = Math.max((to - from) * 0.15, VIEW_MIN);
    this.set(from - margin, to + margin);
  },
};

/** Round steps between ticks: 1, 2 or 5 times a power of ten, at least `pixelsMin` apart. */
function tickStep(span, width, pixelsMin = 90) {
  const rough = span * pixelsMin / Math.max(width, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5, 10]) if (factor * power >= rough) return factor * power;
  return 10 * power;
}
