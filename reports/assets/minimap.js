// Minimap: the whole run in a strip, with the span that is shown. Drag in it to move that span or
// either of its ends; click outside of it to go there.

const MINIMAP_HEIGHT = 46;
const HANDLE = 7;
const minimap = document.getElementById('minimap');
const minimapDrag = { part: null, grabbed: 0 };

function drawMinimap() {
  const { context, width, height } = fitCanvas(minimap, MINIMAP_HEIGHT);
  const x = (time) => time / view.limit * width;
  context.fillStyle = theme.panel;
  context.fillRect(0, 0, width, height);
  drawMinimapRates(context, x, height);
  for (const fault of data.faults) {
    if (fault.applied === null) continue;
    context.fillStyle = faultColour(fault);
    context.globalAlpha = 0.16;
    context.fillRect(x(fault.from), 0, Math.max(x(fault.to) - x(fault.from), 1), height);
    context.globalAlpha = 1;
    context.fillRect(x(fault.from), 0, Math.max(x(fault.to) - x(fault.from), 1), 3);
  }
  for (const finding of data.findings) {
    if (!finding.timed) continue;
    context.fillStyle = theme.mark;
    context.beginPath();
    const middle = x(finding.moment);
    for (const [dx, dy] of [[0, 0], [6, 6], [0, 12], [-6, 6]]) context.lineTo(middle + dx, dy + 5);
    context.fill();
  }
  drawMinimapWindow(context, x(view.from), x(view.to), width, height);
}

/** Operations by slice of time, what failed and what stayed unknown on top. */
function drawMinimapRates(context, x, height) {
  const { width, ok, fail, info } = data.buckets;
  let most = 1;
  for (let i = 0; i < ok.length; ++i) most = Math.max(most, ok[i] + fail[i] + info[i]);
  const scale = (height - 10) / most;
  for (let i = 0; i < ok.length; ++i) {
    const left = x(i * width);
    const wide = Math.max(x((i + 1) * width) - left - 0.5, 1);
    let y = height;
    for (const [count, colour] of [[ok[i], theme.ok], [fail[i], theme.fail], [info[i], theme.info]]) {
      if (count === 0) continue;
      const tall = Math.max(count * scale, 1);
      y -= tall;
      context.fillStyle = colour;
      context.fillRect(left, y, wide, tall);
    }
  }
}

function drawMinimapWindow(context, from, to, width, height) {
  context.globalAlpha = 0.55;
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, from, height);
  context.fillRect(to, 0, width - to, height);
  context.globalAlpha = 1;
  context.strokeStyle = theme.accent;
  context.lineWidth = 1.5;
  context.strokeRect(from + 0.75, 0.75, Math.max(to - from - 1.5, 2), height - 1.5);
  context.lineWidth = 1;
  context.fillStyle = theme.accent;
  for (const end of [from, to]) {
    const left = Math.min(Math.max(end - 2.5, 0), width - 5);
    context.beginPath();
    context.roundRect(left, height / 2 - 9, 5, 18, 2.5);
    context.fill();
  }
}

function minimapTime(event) {
  return event.offsetX / Math.max(minimap.clientWidth, 1) * view.limit;
}

function minimapPart(event) {
  const x = (time) => time / view.limit * minimap.clientWidth;
  if (Math.abs(event.offsetX - x(view.from)) <= HANDLE) return 'from';
  if (Math.abs(event.offsetX - x(view.to)) <= HANDLE) return 'to';
  return event.offsetX > x(view.from) && event.offsetX < x(view.to) ? 'window' : null;
}

function startMinimap() {
  minimap.addEventListener('pointerdown', (event) => {
    minimap.setPointerCapture(event.pointerId);
    const time = minimapTime(event);
    minimapDrag.part = minimapPart(event);
    if (minimapDrag.part === null) {
      const span = view.whole ? view.limit / 10 : view.span;
      view.set(time - span / 2, time + span / 2);
      minimapDrag.part = 'window';
    }
    minimapDrag.grabbed = time - view.from;
  });
  minimap.addEventListener('pointermove', (event) => {
    const part = minimapDrag.part || minimapPart(event);
    minimap.style.cursor = part === 'window' ? 'grab' : part ? 'ew-resize' : 'pointer';
    if (minimapDrag.part === null) return;
    const time = minimapTime(event);
    if (part === 'from') view.set(Math.min(Math.max(time, 0), view.to - VIEW_MIN), view.to);
    else if (part === 'to') view.set(view.from, Math.max(Math.min(time, view.limit), view.from + VIEW_MIN));
    else view.pan((time - minimapDrag.grabbed - view.from) / view.span);
  });
  for (const name of ['pointerup', 'pointercancel'])
    minimap.addEventListener(name, () => { minimapDrag.part = null; });
}
