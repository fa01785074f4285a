// Timeline: what wheel, pointer, keyboard and buttons do to it, and when it is drawn again.

const tracks = document.getElementById('tracks');
const pointer = { x: 0, y: 0, inside: false, chosenFrom: null, dragFrom: null, moved: false };
let drawRequested = false;

/** Draws once before the next frame, however many things asked for it. */
function requestDraw() {
  if (drawRequested) return;
  drawRequested = true;
  requestAnimationFrame(() => {
    drawRequested = false;
    drawNow();
  });
}

function drawNow() {
  drawTracks(tracks, pointer.inside ? pointer : null);
  drawMinimap();
  tracks.setAttribute('aria-description',
    `${timeText(view.from)} to ${timeText(view.to)} of ${timeText(view.limit)}`);
}

function tracksWidth() { return tracks.clientWidth; }

function onWheel(event) {
  const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
  if (sideways) {
    event.preventDefault();
    view.pan((event.deltaX || event.deltaY) / Math.max(tracksWidth(), 1));
    return;
  }
  // A page that cannot be scrolled past its timeline is a nuisance: zoom only when asked to.
  if (document.activeElement !== tracks && !event.ctrlKey && !event.metaKey) {
    showWheelHint();
    return;
  }
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 20 : 1;
  const factor = Math.exp(Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.003);
  view.zoomAt(timeAt(Math.max(event.offsetX, GUTTER), tracksWidth()), factor);
}

let wheelHintTimer = 0;
function showWheelHint() {
  const hint = document.getElementById('wheel-hint');
  hint.hidden = false;
  clearTimeout(wheelHintTimer);
  wheelHintTimer = setTimeout(() => { hint.hidden = true; }, 1200);
}

function onPointerDown(event) {
  if (event.button !== 0) return;
  tracks.setPointerCapture(event.pointerId);
  pointer.moved = false;
  pointer.dragFrom = event.shiftKey ? null : event.offsetX;
  pointer.chosenFrom = event.shiftKey ? Math.max(event.offsetX, GUTTER) : null;
}

function onPointerMove(event) {
  pointer.inside = event.offsetX >= GUTTER;
  if (pointer.dragFrom !== null) {
    const moved = event.offsetX - pointer.dragFrom;
    if (!pointer.moved && Math.abs(moved) < 4) return;
    pointer.moved = true;
    pointer.dragFrom = event.offsetX;
    view.pan(-moved / Math.max(tracksWidth() - GUTTER, 1));
  }
  pointer.x = event.offsetX;
  pointer.y = event.offsetY;
  const hit = pointer.moved ? null : hitTest(pointer.x, pointer.y, tracksWidth());
  tracks.style.cursor = pointer.moved ? 'grabbing' : hit ? 'pointer' : 'default';
  showTooltip(hit, pointer.x, pointer.y);
  requestDraw();
}

function onPointerUp(event) {
  if (pointer.chosenFrom !== null) {
    const ends = [pointer.chosenFrom, event.offsetX].sort((a, b) => a - b);
    if (ends[1] - ends[0] > 4)
      view.set(timeAt(ends[0], tracksWidth()), timeAt(ends[1], tracksWidth()));
  } else if (pointer.dragFrom !== null && !pointer.moved) {
    choose(hitTest(event.offsetX, event.offsetY, tracksWidth()));
  }
  pointer.dragFrom = pointer.chosenFrom = null;
  pointer.moved = false;
  requestDraw();
}

/** A click: an operation is shown in full, anything with a span is zoomed to. */
function choose(hit) {
  if (hit === null) return showSelected(null);
  if (hit.kind === 'operation') showSelected(hit.place);
  else if (hit.kind === 'finding') showFinding(hit.index);
  else if (hit.kind === 'fault') showFault(hit.index);
  else if (hit.kind === 'role') view.focus(hit.role[2], hit.role[3]);
  else if (hit.kind === 'phase') view.focus(hit.phase[1], hit.phase[2]);
}

function showFinding(index) {
  const finding = data.findings[index];
  if (!finding.timed) return;
  highlighted.clear();
  finding.steps.forEach(([place], step) => highlighted.set(place, step + 1));
  const around = finding.steps.length === 0 ? 5e5 : 0;  // a moment shows what led to it
  view.focus(Math.max(finding.from - around, 0), finding.to + around);
  scrollToTimeline();
  requestDraw();
}

function showFault(index) {
  view.focus(data.faults[index].from, Math.max(data.faults[index].to, data.faults[index].from + 1e4));
  requestDraw();
}

function scrollToTimeline() {
  document.getElementById('timeline').scrollIntoView({ block: 'start' });
}

/** The first fault that begins after the middle of the view; the first of all after the last. */
function showNextFault() {
  if (data.faults.length === 0) return;
  const middle = (view.from + view.to) / 2;
  const margin = view.whole ? -1 : view.span * 0.01;
  const next = data.faults.findIndex((f) => (f.from + f.to) / 2 > middle + margin);
  showFault(view.whole || next < 0 ? 0 : next);
}

const ACTIONS = {
  in: () => view.zoom(0.6),
  out: () => view.zoom(1 / 0.6),
  left: () => view.pan(-0.25),
  right: () => view.pan(0.25),
  all: () => view.showAll(),
  fault: showNextFault,
  clear: () => {
    highlighted.clear();
    showSelected(null);
    requestDraw();
  },
};

const KEYS = {
  '+': 'in', '=': 'in', ArrowUp: 'in', '-': 'out', '−': 'out', ArrowDown: 'out',
  ArrowLeft: 'left', ArrowRight: 'right', 0: 'all', Home: 'all', n: 'fault', Escape: 'clear',
};

function startTimeline() {
  tracks.addEventListener('wheel', onWheel, { passive: false });
  tracks.addEventListener('pointerdown', onPointerDown);
  tracks.addEventListener('pointermove', onPointerMove);
  tracks.addEventListener('pointerup', onPointerUp);
  tracks.addEventListener('pointercancel', onPointerUp);
  tracks.addEventListener('pointerleave', () => {
    pointer.inside = false;
    showTooltip(null);
    requestDraw();
  });
  tracks.addEventListener('dblclick', (event) =>
    view.zoomAt(timeAt(event.offsetX, tracksWidth()), 0.4));
  tracks.addEventListener('keydown', (event) => {
    const action = KEYS[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    ACTIONS[action]();
  });
  for (const button of document.querySelectorAll('[data-act]'))
    button.addEventListener('click', () => ACTIONS[button.dataset.act]());
  view.onChange(() => {
    showTooltip(null);
    requestDraw();
  });
}
