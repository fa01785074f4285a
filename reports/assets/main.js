// Main: starts everything, draws again when the window, the light or the paper changes, and offers
// window.eris to tests and to whoever looks at a report from the console.

function drawLegend() {
  const legend = document.getElementById('legend');
  const roles = [['leader', 'leader'], ['follower', 'follower'], ['candidate', 'candidate'], ['down', 'down']];
  const entry = (kind, text) => element('span', {}, element('i', { class: `swatch ${kind}` }), text);
  legend.replaceChildren(entry('ok', 'ok'), entry('fail', 'failed: notched'), entry('info', 'unknown: open-ended'));
  if (data.nodes.some((node) => node.roles.length > 0))
    for (const [kind, text] of roles) legend.append(entry(kind, text));
  if (data.nodes.some((node) => node.roles.some((role) => role[1] !== null)))
    legend.append(element('span', {}, 'numbers: terms'));
}

function drawEverything() {
  readTheme();
  drawNow();
  drawWitnesses();
  drawCircles();
  drawCharts();
  drawLegend();
}

function startButtons() {
  for (const button of document.querySelectorAll('[data-show]'))
    button.addEventListener('click', () => showFinding(Number(button.dataset.show)));
  for (const button of document.querySelectorAll('[data-fault]'))
    button.addEventListener('click', () => {
      showFault(Number(button.dataset.fault));
      scrollToTimeline();
    });
  for (const button of document.querySelectorAll('[data-copy]'))
    button.addEventListener('click', () => copyFrom(button));
}

/** Pages opened from a file may not have the clipboard; then the text is selected instead. */
async function copyFrom(button) {
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = 'Copied';
  } catch {
    getSelection().selectAllChildren(source);
    button.textContent = 'Selected';
  }
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

function startRedrawing() {
  let width = document.documentElement.clientWidth;
  new ResizeObserver(() => {
    if (document.documentElement.clientWidth === width) return;
    width = document.documentElement.clientWidth;
    drawEverything();
  }).observe(document.documentElement);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawEverything);
  matchMedia('print').addEventListener('change', drawEverything);
  addEventListener('beforeprint', drawEverything);
  addEventListener('afterprint', drawEverything);
}

/** Turns the view through the whole run in steps and tells how long each frame took to draw. */
function measureFrames(count) {
  const before = [view.from, view.to];
  const taken = [];
  const probe = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  for (let i = 0; i < count; ++i) {
    const depth = i / count;
    view.set(view.limit * depth * 0.5, view.limit * (1 - depth * 0.49));
    const began = performance.now();
    drawNow();
    probe.drawImage(tracks, 0, 0, 1, 1);
    probe.getImageData(0, 0, 1, 1);  // waits until all of it is drawn
    taken.push(performance.now() - began);
  }
  view.set(...before);
  return taken;
}

startTimeline();
startMinimap();
startFilters();
startCharts();
startButtons();
startRedrawing();
drawEverything();

window.eris = {
  get view() { return { from: view.from, to: view.to, limit: view.limit }; },
  get operations() { return operations.count; },
  get lanes() { return lanes.count; },
  get shown() { return laneIndex.reduce((sum, lane) => sum + lane.places.length, 0); },
  get highlighted() { return [...highlighted.keys()]; },
  get stats() { return { ...stats }; },
  get theme() { return { ...theme }; },
  get charts() { return charts.length; },
  pointOf(place) {
    const row = layout.rows.find((r) => r.kind === 'lane'
      && r.index === lanes.laneOf.get(operations.process[place]));
    const middle = (operations.start[place] + operations.end[place]) / 2;
    return { x: xOf(middle, tracksWidth()), y: row.top + row.height / 2 };
  },
  measureFrames,
};
