// Tracks: where each row of the timeline stands, and what is under the pointer.

const GUTTER = 96;
const AXIS_HEIGHT = 24;
const ROW = { phases: 20, findings: 20, fault: 18, node: 18, space: 8 };
const LANE_MAX = 20;
const LANE_MIN = 9;
const LANES_HEIGHT = 460;  // what the lanes may take before they get thinner

const faultRows = packRows(data.faults);

/** Faults that overlap stand below one another. */
function packRows(spans) {
  const busyUntil = [];
  return spans.map((span) => {
    let row = busyUntil.findIndex((until) => until < span.from);
    if (row < 0) row = busyUntil.length;
    busyUntil[row] = span.to;
    return row;
  });
}

const layout = makeLayout();

function makeLayout() {
  const made = { rows: [] };
  let top = AXIS_HEIGHT;
  const add = (kind, height, label, more = {}) => {
    made.rows.push({ kind, top, height, label, ...more });
    top += height;
  };
  if (data.phases.length > 0) add('phases', ROW.phases, 'phase');
  if (data.findings.length > 0) add('findings', ROW.findings, 'findings');
  const faultRowCount = faultRows.length === 0 ? 0 : Math.max(...faultRows) + 1;
  for (let row = 0; row < faultRowCount; ++row)
    add('fault', ROW.fault, row === 0 ? 'faults' : '', { index: row });
  top += ROW.space;
  data.nodes.forEach((node, index) => add('node', ROW.node, node.name, { index }));
  top += ROW.space;
  const height = Math.min(LANE_MAX, Math.max(LANE_MIN, LANES_HEIGHT / Math.max(lanes.count, 1)));
  made.lanesTop = top;
  made.laneHeight = height;
  for (let lane = 0; lane < lanes.count; ++lane) add('lane', height, '', { index: lane });
  made.height = top + ROW.space;
  return made;
}

/** Names the processes of a lane that are in view: "p3", "p3 … p24". */
function laneLabel(index) {
  const inView = lanes.processes[index].filter((p) => p.to >= view.from && p.from <= view.to);
  if (inView.length === 0) return '';
  const first = inView[0].process;
  if (inView.length === 1) return `p${first}`;
  return `p${first} … p${inView[inView.length - 1].process}`;
}

function xOf(time, width) {
  return GUTTER + (time - view.from) / view.span * (width - GUTTER);
}

function timeAt(x, width) {
  return view.from + (x - GUTTER) / Math.max(width - GUTTER, 1) * view.span;
}

function rowAt(y) {
  return layout.rows.find((row) => y >= row.top && y < row.top + row.height) || null;
}

/** What is drawn at this point: {kind, …}, or nothing. A few pixels of reach help small things. */
function hitTest(x, y, width) {
  if (x < GUTTER) return null;
  const row = rowAt(y);
  if (!row) return null;
  const time = timeAt(x, width);
  const reach = 4 * view.span / Math.max(width - GUTTER, 1);
  const within = (from, to) => time >= from - reach && time <= to + reach;
  if (row.kind === 'lane') return hitOperation(row.index, time, reach);
  if (row.kind === 'fault') {
    const index = data.faults.findIndex((f, i) => faultRows[i] === row.index && within(f.from, f.to));
    return index < 0 ? null : { kind: 'fault', index };
  }
  if (row.kind === 'node') return hitNode(row.index, time, within);
  if (row.kind === 'findings') {
    const index = data.findings.findIndex((f) => within(f.from, f.to));
    return index < 0 ? null : { kind: 'finding', index };
  }
  const phase = data.phases.find((p) => within(p[1], p[2]));
  return phase ? { kind: 'phase', phase } : null;
}

function hitOperation(lane, time, reach) {
  const index = laneIndex[lane];
  let best = null;
  let distance = reach;
  const near = lowerBound(index.end, time - reach);
  for (let i = near; i < index.places.length && index.start[i] <= time + reach; ++i) {
    const away = Math.max(index.start[i] - time, time - index.end[i], 0);
    if (away <= distance) {
      best = index.places[i];
      distance = away;
      if (away === 0) break;
    }
  }
  return best === null ? null : { kind: 'operation', place: best };
}

function hitNode(node, time, within) {
  const name = data.nodes[node].name;
  const incident = data.incidents.find((e) => e[1] === name && within(e[0], e[0]));
  if (incident) return { kind: 'incident', incident };
  const role = data.nodes[node].roles.find((r) => time >= r[2] && time <= r[3]);
  return role ? { kind: 'role', node: name, role } : null;
}
