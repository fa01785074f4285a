// Draw: the timeline's tracks on one canvas. Each frame costs in proportion to the pixels shown,
// not to the operations of the run: where many fall on one column they are counted, not drawn.

const COLUMN = 2;  // pixels: the finest that a crowd of operations is shown in

let laneIndex = buildLaneIndex(() => true);
const highlighted = new Map();  // place -> step of the finding that is shown
const stats = { frames: 0, bars: 0, columns: 0, milliseconds: 0 };

function drawTracks(canvas, pointer) {
  const began = performance.now();
  const { context, width, height } = fitCanvas(canvas, layout.height);
  stats.bars = stats.columns = 0;
  drawAxis(context, width, height);
  drawFaultBands(context, width, height);
  context.save();
  context.beginPath();
  context.rect(GUTTER, 0, width - GUTTER, height);
  context.clip();
  for (const row of layout.rows) DRAW_ROW[row.kind](context, row, width);
  drawHighlights(context, width);
  if (pointer) drawPointer(context, pointer, width, height);
  context.restore();
  drawLabels(context);
  ++stats.frames;
  stats.milliseconds = performance.now() - began;
}

const DRAW_ROW = {
  phases: drawPhases,
  findings: drawFindings,
  fault: drawFaults,
  node: drawNode,
  lane: drawLane,
};

function drawAxis(context, width, height) {
  const step = tickStep(view.span, width - GUTTER);
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (let tick = Math.ceil(view.from / step) * step; tick <= view.to; tick += step) {
    const x = Math.round(xOf(tick, width)) + 0.5;
    context.strokeStyle = theme.faint;
    context.beginPath();
    context.moveTo(x, AXIS_HEIGHT - 4);
    context.lineTo(x, height);
    context.stroke();
    context.fillStyle = theme.quiet;
    if (x > GUTTER + 20 && x < width - 20) context.fillText(timeText(tick, step), x, AXIS_HEIGHT / 2);
  }
}

function drawLabels(context) {
  context.font = `11px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.quiet;
  const every = Math.ceil(12 / layout.laneHeight);
  for (const row of layout.rows) {
    if (row.kind === 'lane' && row.index % every !== 0) continue;
    const label = row.kind === 'lane' ? laneLabel(row.index) : row.label;
    context.fillText(fitText(context, label, GUTTER - 14), GUTTER - 8, row.top + row.height / 2 + 0.5);
  }
}

function drawFaultBands(context, width, height) {
  for (const fault of data.faults) {
    if (fault.applied === null || fault.to < view.from || fault.from > view.to) continue;
    const x = Math.max(xOf(fault.from, width), GUTTER);
    const end = Math.min(xOf(fault.to, width), width);
    context.globalAlpha = 0.09;
    context.fillStyle = faultColour(fault);
    context.fillRect(x, AXIS_HEIGHT, Math.max(end - x, 1), height - AXIS_HEIGHT);
    context.globalAlpha = 1;
  }
}

/** A bar with text inside, as far as it fits; the text stays in view while the bar is. */
function drawBar(context, from, to, row, width, fill, text, textColour) {
  const x = Math.max(xOf(from, width), GUTTER - 4);
  const end = Math.min(xOf(to, width), width + 4);
  if (end < GUTTER || x > width) return;
  const wide = Math.max(end - x, 1.5);
  context.fillStyle = fill;
  context.beginPath();
  context.roundRect(x, row.top + 2, wide, row.height - 4, Math.min(3, wide / 2));
  context.fill();
  ++stats.bars;
  if (!text) return;
  context.fillStyle = textColour;
  context.textAlign = 'left';
  const inner = Math.max(x, GUTTER) + 5;
  context.fillText(fitText(context, text, end - inner - 3), inner, row.top + row.height / 2 + 0.5);
}

function drawPhases(context, row, width) {
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const [name, from, to] of data.phases)
    drawBar(context, from, to, row, width, theme.faint, name, theme.quiet);
}

function drawFaults(context, row, width) {
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  data.faults.forEach((fault, index) => {
    if (faultRows[index] !== row.index || fault.to < view.from || fault.from > view.to) return;
    if (fault.applied === null) drawCross(context, xOf(fault.from, width), row, theme.quiet);
    else drawBar(context, fault.from, fault.to, row, width, faultColour(fault),
      faultLabel(context, fault, width), theme.paper);
  });
}

/** The number and the description where that tells something, else the number alone. */
function faultLabel(context, fault, width) {
  const room = Math.min(xOf(fault.to, width), width) - Math.max(xOf(fault.from, width), GUTTER);
  return room < 70 ? `#${fault.number}` : `#${fault.number} ${fault.description}`;
}

/** A fault that was skipped or could not be applied. */
function drawCross(context, x, row, colour) {
  const y = row.top + row.height / 2;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const side of [-1, 1]) {
    context.moveTo(x - 3, y - 3 * side);
    context.lineTo(x + 3, y + 3 * side);
  }
  context.stroke();
  context.lineWidth = 1;
}

function drawFindings(context, row, width) {
  context.font = `bold 10px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  data.findings.forEach((finding, index) => {
    if (!finding.timed) return;
    const x = xOf(finding.moment, width);
    const y = row.top + row.height / 2;
    context.strokeStyle = theme.mark;
    context.beginPath();
    context.moveTo(Math.max(xOf(finding.from, width), GUTTER), y + 0.5);
    context.lineTo(Math.min(xOf(finding.to, width), width), y + 0.5);
    context.stroke();
    context.fillStyle = theme.mark;
    context.beginPath();
    for (const [dx, dy] of [[0, -9], [9, 0], [0, 9], [-9, 0]]) context.lineTo(x + dx, y + dy);
    context.fill();
    context.fillStyle = theme.paper;
    context.fillText(String(index + 1), x, y + 0.5);
  });
}

function drawNode(context, row, width) {
  const node = data.nodes[row.index];
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const [role, term, from, to] of node.roles) {
    if (to < view.from || from > view.to) continue;
    const text = roleLabel(role, term);
    drawBar(context, from, to, row, width, roleColour(role), text,
      role === 'leader' || role.includes('candidate') ? theme.paper : theme.quiet);
    if (role === 'down' || role.includes('candidate'))
      drawBar(context, from, to, row, width, hatch(context, theme.panel), '', '');
  }
  for (const [at, name, what] of data.incidents)
    if (name === node.name && at >= view.from && at <= view.to)
      drawIncident(context, xOf(at, width), row, what);
}

/** Followers are told by colour and carry only their term: the eye should find the leaders. */
function roleLabel(role, term) {
  const name = role.replace('_', '-');
  if (term === null) return role === 'follower' ? '' : name;
  return role === 'follower' ? String(term) : `${term} ${name}`;
}

function drawIncident(context, x, row, what) {
  if (what === 'exited') {
    drawCross(context, x, row, theme.mark);
    return;
  }
  context.fillStyle = theme.ink;
  context.fillRect(x - 0.5, row.top + 2, what === 'log' ? 1 : 1.5, row.height - 4);
}

function drawLane(context, row, width) {
  const lane = laneIndex[row.index];
  const first = lowerBound(lane.end, view.from);
  const last = lowerBound(lane.start, view.to, first);
  if (first === last) return;
  if (last - first > (width - GUTTER) / 4) drawCrowd(context, row, width, lane, first, last);
  else for (let i = first; i < last; ++i) drawOperation(context, row, width, lane.places[i]);
}

/** Status is told by shape as well: failed bars have a notch, unknown ones are open to the right. */
function drawOperation(context, row, width, place) {
  const x = Math.max(xOf(operations.start[place], width), GUTTER - 4);
  const end = Math.min(xOf(operations.end[place], width), width + 4);
  const wide = Math.max(end - x > 4 ? end - x - 1 : end - x, 2);  // neighbours stay apart
  const inset = row.height >= 14 ? 2.5 : 1.5;
  const top = row.top + inset;
  const high = row.height - 2 * inset;
  const status = operations.status[place];
  const colour = status === 0 ? theme.ok : status === 1 ? theme.fail : theme.info;
  ++stats.bars;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  if (status === 2) drawOpenBar(context, x, top, wide, high);
  else if (status === 1) drawNotchedBar(context, x, top, wide, high);
  else context.fillRect(x, top, wide, high);
  if (wide < 26 || row.height < 12) return;
  context.font = `11px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = status === 2 ? theme.ink : theme.paper;
  const inner = Math.max(x, GUTTER) + 4;
  context.fillText(fitText(context, operationText(place), end - inner - 4), inner,
    row.top + row.height / 2 + 0.5);
}

function drawOpenBar(context, x, top, wide, high) {
  context.globalAlpha = 0.22;
  context.fillRect(x, top, wide, high);
  context.globalAlpha = 1;
  if (wide < 5) return void context.fillRect(x, top, 2, high);
  context.beginPath();
  context.moveTo(x + wide, top + 0.5);
  context.lineTo(x + 0.5, top + 0.5);
  context.lineTo(x + 0.5, top + high - 0.5);
  context.lineTo(x + wide, top + high - 0.5);
  context.stroke();
}

function drawNotchedBar(context, x, top, wide, high) {
  const notch = Math.min(wide / 2, high / 2);
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x + wide, top);
  context.lineTo(x + wide - notch, top + high / 2);
  context.lineTo(x + wide, top + high);
  context.lineTo(x, top + high);
  context.fill();
}

/** Many operations: one column of pixels after another, alike neighbours in one rectangle. What is
 *  rare (failed above, unknown below) is drawn full on, so that it never drowns in the crowd. */
function drawCrowd(context, row, width, lane, first, last) {
  const perColumn = view.span * COLUMN / (width - GUTTER);
  const columns = Math.ceil((width - GUTTER) / COLUMN);
  const inset = row.height >= 14 ? 2.5 : 1.5;
  const top = row.top + inset;
  const high = row.height - 2 * inset;
  const third = Math.max(high / 3, 2);
  const runs = { ok: [], failed: [], unknown: [] };
  const extend = (list, column) => {
    const run = list[list.length - 1];
    if (run && run[1] === column) run[1] = column + 1;
    else list.push([column, column + 1]);
  };
  let low = first;
  for (let column = 0; column < columns && low < last; ++column) {
    const from = view.from + column * perColumn;
    const to = from + perColumn;
    while (low < last && lane.end[low] < from) low = lowerBound(lane.end, from, low + 1, last);
    if (low === last || lane.start[low] >= to) continue;
    const past = lowerBound(lane.start, to, low, last);
    const failed = lane.failed[past] - lane.failed[low];
    const unknown = lane.unknown[past] - lane.unknown[low];
    if (past - low > failed + unknown) extend(runs.ok, column);
    if (failed > 0) extend(runs.failed, column);
    if (unknown > 0) extend(runs.unknown, column);
    stats.columns += 1;
  }
  const paint = (list, colour, y, tall) => {
    context.fillStyle = colour;
    for (const [from, to] of list)
      context.fillRect(GUTTER + from * COLUMN, y, (to - from) * COLUMN, tall);
  };
  context.globalAlpha = 0.8;
  paint(runs.ok, theme.ok, top, high);
  context.globalAlpha = 1;
  paint(runs.failed, theme.fail, top, third);
  paint(runs.unknown, theme.info, top + high - third, third);
}

function drawHighlights(context, width) {
  for (const [place, step] of highlighted) {
    const row = layout.rows.find((r) => r.kind === 'lane'
      && r.index === lanes.laneOf.get(operations.process[place]));
    const x = xOf(operations.start[place], width);
    const end = xOf(operations.end[place], width);
    if (end < GUTTER || x > width) continue;
    context.strokeStyle = theme.mark;
    context.lineWidth = 2;
    context.strokeRect(x - 1, row.top + 1, Math.max(end - x, 3) + 2, row.height - 2);
    context.lineWidth = 1;
    if (step === 0) continue;
    const left = Math.max(x, GUTTER + 8);
    context.fillStyle = theme.mark;
    context.beginPath();
    context.arc(left, row.top + 1, 7.5, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = theme.paper;
    context.font = `bold 10px ${theme.font}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(String(step), left, row.top + 1.5);
  }
}

function drawPointer(context, pointer, width, height) {
  if (pointer.chosenFrom !== null) {
    const [from, to] = [pointer.chosenFrom, pointer.x].sort((a, b) => a - b);
    context.globalAlpha = 0.15;
    context.fillStyle = theme.accent;
    context.fillRect(from, AXIS_HEIGHT, to - from, height);
    context.globalAlpha = 1;
  }
  context.strokeStyle = theme.quiet;
  context.beginPath();
  context.moveTo(Math.round(pointer.x) + 0.5, AXIS_HEIGHT);
  context.lineTo(Math.round(pointer.x) + 0.5, height);
  context.stroke();
  const text = timeText(timeAt(pointer.x, width));
  context.font = `11px ${theme.font}`;
  const half = context.measureText(text).width / 2 + 5;
  const middle = Math.min(Math.max(pointer.x, GUTTER + half), width - half);
  context.fillStyle = theme.ink;
  context.beginPath();
  context.roundRect(middle - half, 3, 2 * half, AXIS_HEIGHT - 7, 3);
  context.fill();
  context.fillStyle = theme.paper;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, middle, AXIS_HEIGHT / 2);
}
