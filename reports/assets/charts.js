// Charts: latency and throughput over time (uPlot), with the faults shaded. Their time axis follows
// the timeline's, and choosing a span in them moves it.

const charts = [];
let latencyStatus = 'ok';

const bucketSeconds = data.buckets.width / 1e6;
const bucketMiddles = data.buckets.ok.map((_, i) => (i + 0.5) * bucketSeconds);

function shadeFaults(chart) {
  const { ctx: context, bbox: box } = chart;
  context.save();
  context.beginPath();
  context.rect(box.left, box.top, box.width, box.height);
  context.clip();
  for (const fault of data.faults) {
    if (fault.applied === null) continue;
    const from = chart.valToPos(fault.from / 1e6, 'x', true);
    const to = chart.valToPos(fault.to / 1e6, 'x', true);
    context.fillStyle = faultColour(fault);
    context.globalAlpha = 0.13;
    context.fillRect(from, box.top, Math.max(to - from, 1), box.height);
    context.globalAlpha = 1;
    context.fillRect(from, box.top, Math.max(to - from, 1), 3 * devicePixelRatio);
  }
  context.restore();
}

function axis(values, size) {
  return { stroke: theme.quiet, grid: { stroke: theme.faint, width: 1 }, ticks: { stroke: theme.faint, width: 1 },
    font: `11px ${theme.font}`, values, size };
}

/** A slice without neighbours has no line, so it gets a point. Few slices are all shown so. */
function standsAlone(chart, index) {
  return chart.data[index].filter((value) => value !== null).length < 40;
}

function series(label, colour, format, more = {}) {
  return { label, stroke: colour, width: 1.5, points: { show: standsAlone, size: 5 }, spanGaps: false,
    value: (chart, value) => (value === null || value === undefined ? 'none' : format(value)), ...more };
}

function makeChart(host, height, scaleY, list, rows, valuesY) {
  const chart = new uPlot({
    width: host.clientWidth,
    height,
    cursor: { sync: { key: 'run' }, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    scales: { x: { time: false, range: () => [view.from / 1e6, view.to / 1e6] }, y: scaleY },
    axes: [axis((_, ticks) => ticks.map((tick) => `${Number(tick.toFixed(6))} s`), 32), axis(valuesY, GUTTER)],
    padding: [10, 0, 0, 0],  // stands in line with the timeline above
    series: [{ label: 'time', value: (_, value) => (value === null || value === undefined ? 'none' : `${value.toFixed(2)} s`) }, ...list],
    legend: { live: true },
    hooks: { drawClear: [shadeFaults], setSelect: [chooseSpan] },
  }, [bucketMiddles, ...rows], host);
  charts.push(chart);
}

function chooseSpan(chart) {
  const { left, width } = chart.select;
  if (width < 4) return;
  const from = chart.posToVal(left, 'x') * 1e6;
  const to = chart.posToVal(left + width, 'x') * 1e6;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  view.set(from, to);
}

function drawLatency() {
  const rows = data.buckets.latency[latencyStatus].map((row) => row.map((value) =>
    (value === null ? null : Math.max(value, 1) / 1e3)));
  const seen = rows.flat().filter((value) => value !== null);
  const host = document.getElementById('latency-chart');
  const name = { ok: 'successful operations', fail: 'failed operations', info: 'unknown operations (until the client gave up)' };
  document.getElementById('latency-caption').textContent = `Latency of ${name[latencyStatus]}`;
  if (seen.length === 0) {
    host.replaceChildren(element('p', { class: 'quiet' }, 'None in this run.'));
    return;
  }
  const bounds = [Math.min(...seen) * 0.8, Math.max(...seen) * 1.25];
  const milliseconds = (value) => durationText(value * 1e3);
  makeChart(host, 240, { distr: 3, range: () => bounds }, [
    series('p50', theme.ok, milliseconds, { width: 2 }),
    series('p95', theme.info, milliseconds, { dash: [6, 3] }),
    series('p99', theme.fail, milliseconds, { dash: [2, 3] }),
    series('max', theme.quiet, milliseconds, { width: 1, dash: [1, 3] }),
  ], rows, (_, ticks) => ticks.map((tick) => (tick === null ? '' : durationText(tick * 1e3))));
}

function drawThroughput() {
  const rate = (row) => row.map((count) => count / bucketSeconds);
  const perSecond = (value) => `${withSeparators(value)}/s`;
  document.getElementById('throughput-caption').textContent =
    `Operations a second, in slices of ${durationText(data.buckets.width)}`;
  makeChart(document.getElementById('throughput-chart'), 200, { range: (_, __, most) => [0, Math.max(most, 1) * 1.1] }, [
    series('ok', theme.ok, perSecond, { width: 2, fill: `${theme.ok}22` }),
    series('failed', theme.fail, perSecond, { dash: [6, 3] }),
    series('unknown', theme.info, perSecond, { dash: [2, 3] }),
  ], [rate(data.buckets.ok), rate(data.buckets.fail), rate(data.buckets.info)],
  (_, ticks) => ticks.map(withSeparators));
}

function drawCharts() {
  for (const chart of charts.splice(0)) chart.destroy();
  for (const id of ['latency-chart', 'throughput-chart']) document.getElementById(id).replaceChildren();
  drawLatency();
  drawThroughput();
}

function startCharts() {
  for (const choice of document.querySelectorAll('input[name=latency]'))
    choice.addEventListener('change', () => {
      latencyStatus = choice.value;
      drawCharts();
    });
  let requested = false;
  view.onChange(() => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(() => {
      requested = false;
      for (const chart of charts) chart.setScale('x', { min: view.from / 1e6, max: view.to / 1e6 });
    });
  });
}
