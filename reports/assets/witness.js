// Witness: a finding's few operations as a drawing, one step a row, with the faults in force and
// the leaders of that time. What matters is which operation ended before another began, so the time
// axis is bent: long waits are drawn shorter, and nothing that happened apart falls together.

const SVG = 'http://www.w3.org/2000/svg';
const STEP_HEIGHT = 46;
const WITNESS_GUTTER = 118;

function svg(name, attributes = {}, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text !== null) made.textContent = text;
  return made;
}

/** A monotone map from time to pixels: each stretch between neighbouring endpoints gets a share
 *  that grows with the logarithm of its length. */
function bentScale(times, from, to) {
  const points = [...new Set(times)].sort((a, b) => a - b);
  if (points.length < 2) return { x: () => (from + to) / 2, points };
  const lengths = points.slice(1).map((point, i) => point - points[i]);
  const shortest = Math.min(...lengths);
  const shares = lengths.map((length) => 1 + Math.log2(length / shortest) * 0.35);
  const sum = shares.reduce((a, b) => a + b, 0);
  const at = [from];
  for (const share of shares) at.push(at[at.length - 1] + share / sum * (to - from));
  const x = (time) => {
    const i = Math.min(Math.max(lowerBound(points, time) - 1, 0), lengths.length - 1);
    const share = (time - points[i]) / lengths[i];
    return at[i] + Math.min(Math.max(share, 0), 1) * (at[i + 1] - at[i]);
  };
  return { x, points };
}

function drawWitness(figure) {
  const finding = data.findings[Number(figure.dataset.witness)];
  if (finding.steps.length === 0) return;
  const width = Math.max(figure.clientWidth, 480);
  const times = finding.steps.flatMap(([place]) => [operations.start[place], operations.end[place]]);
  const leaders = witnessLeaders(finding);
  const scale = bentScale(times, WITNESS_GUTTER + 14, width - 26);
  const faults = data.faults.filter((f) => f.applied !== null && f.from <= finding.to && f.to >= finding.from);
  const head = 22 + faults.length * 17 + 6;
  const stepsEnd = head + finding.steps.length * STEP_HEIGHT;
  const height = stepsEnd + leaders.length * 20 + 12;
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': `${finding.steps.length} operations that prove it; the table below lists them` });
  drawWitnessAxis(drawing, scale, width, stepsEnd);
  faults.forEach((fault, row) => drawWitnessFault(drawing, fault, scale, 22 + row * 17, stepsEnd, width));
  finding.steps.forEach(([place, role], step) =>
    drawStep(drawing, { place, role, step, scale, top: head + step * STEP_HEIGHT, width }));
  leaders.forEach((node, row) => drawWitnessLeader(drawing, node, scale, stepsEnd + 6 + row * 20, width));
  figure.replaceChildren(drawing, element('figcaption', {}, 'Time runs to the right, long waits drawn shorter.'));
}

/** Nodes that led at some time of the witness, with those times. */
function witnessLeaders(finding) {
  return data.nodes.map((node) => ({ name: node.name,
    roles: node.roles.filter((r) => r[0] === 'leader' && r[2] <= finding.to && r[3] >= finding.from) }))
    .filter((node) => node.roles.length > 0);
}

function drawWitnessAxis(drawing, scale, width, bottom) {
  let free = WITNESS_GUTTER;
  for (const time of scale.points) {
    const x = scale.x(time);
    drawing.append(svg('line', { class: 'grid', x1: x, x2: x, y1: 20, y2: bottom }));
    if (x - 32 < free || x > width - 24) continue;
    drawing.append(svg('text', { class: 'time', x, y: 12, 'text-anchor': 'middle' }, timeText(time, 1e3)));
    free = x + 36;
  }
}

function drawWitnessFault(drawing, fault, scale, top, bottom, width) {
  const from = fault.from <= scale.points[0] ? WITNESS_GUTTER : scale.x(fault.from);
  const to = fault.to >= scale.points[scale.points.length - 1] ? width - 6 : scale.x(fault.to);
  const kind = fault.name.startsWith('kill') ? 'kill' : fault.name.startsWith('pause') ? 'pause' : 'cut';
  drawing.append(svg('rect', { class: `band ${kind}`, x: from, y: top, width: Math.max(to - from, 2), height: bottom - top }));
  drawing.append(svg('rect', { class: `bar ${kind}`, x: from, y: top, width: Math.max(to - from, 2), height: 14, rx: 3 }));
  const label = svg('text', { class: 'on-bar', x: from + 6, y: top + 10.5 });
  drawing.append(label);
  setFitting(label, `#${fault.number} ${fault.description}`, to - from - 10);
}

/** The text, cut to a width in pixels that 6.2 pixels a letter roughly fill. */
function setFitting(label, text, width) {
  const letters = Math.floor(width / 6.2);
  label.textContent = letters < 3 ? '' : text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

function drawStep(drawing, { place, role, step, scale, top, width }) {
  const status = operations.status[place];
  const from = scale.x(operations.start[place]);
  const to = status === 2 ? width - 12 : Math.max(scale.x(operations.end[place]), from + 4);
  const group = svg('g', { class: `step ${['ok', 'fail', 'info'][status]}`, tabindex: 0, role: 'button',
    'data-place': place });
  group.append(svg('title', {}, operationRows(place).filter((row) => row[1] !== undefined)
    .map(([name, value]) => `${name} ${value}`).join('\n')));
  group.append(svg('circle', { class: 'badge', cx: 12, cy: top + 15, r: 9 }));
  group.append(svg('text', { class: 'on-bar', x: 12, y: top + 19, 'text-anchor': 'middle' }, String(step + 1)));
  group.append(svg('text', { class: 'process', x: 28, y: top + 19 }, `process ${operations.process[place]}`));
  group.append(svg('path', { class: 'operation', d: barPath(from, to, top + 4, 22, status) }));
  drawStepTexts(group, operationText(place), role, from, to, top, width);
  group.addEventListener('click', () => {
    showSelected(place);
    view.focus(operations.start[place], operations.end[place]);
    scrollToTimeline();
  });
  drawing.append(group);
}

/** Failed bars have a notch, unknown ones point on to the right: their effect may still come. */
function barPath(from, to, top, high, status) {
  const middle = top + high / 2;
  const notch = Math.min(8, (to - from) / 2);
  if (status === 1) return `M${from} ${top}H${to}L${to - notch} ${middle}L${to} ${top + high}H${from}Z`;
  if (status === 2) return `M${from} ${top}H${to - notch}L${to} ${middle}L${to - notch} ${top + high}H${from}Z`;
  return `M${from} ${top}H${to}V${top + high}H${from}Z`;
}

/** What the operation did stands in its bar where it fits, else on the side that has room; its part
 *  in the proof stands below. */
function drawStepTexts(group, what, role, from, to, top, width) {
  const needed = what.length * 7.4 + 12;
  const label = svg('text', { class: 'what', y: top + 19.5 });
  if (needed <= to - from) {
    label.setAttribute('x', from + 7);
    label.classList.add('inside');
  } else if (to + needed <= width) {
    label.setAttribute('x', to + 7);
  } else {
    label.setAttribute('x', from - 7);
    label.setAttribute('text-anchor', 'end');
  }
  label.textContent = what;
  group.append(label);
  const part = svg('text', { class: 'role', y: top + 39 });
  const atEnd = from + role.length * 6.4 > width;
  part.setAttribute('x', atEnd ? width - 8 : from);
  if (atEnd) part.setAttribute('text-anchor', 'end');
  part.textContent = role;
  group.append(part);
}

function drawWitnessLeader(drawing, node, scale, top, width) {
  drawing.append(svg('text', { class: 'process', x: 28, y: top + 12 }, `${node.name} leads`));
  const last = scale.points[scale.points.length - 1];
  for (const [, term, begin, end] of node.roles) {
    const from = begin <= scale.points[0] ? WITNESS_GUTTER : scale.x(begin);
    const to = end >= last ? width - 6 : scale.x(end);
    drawing.append(svg('rect', { class: 'bar leader', x: from, y: top, width: Math.max(to - from, 3), height: 16, rx: 3 }));
    const label = svg('text', { class: 'on-bar', x: from + 6, y: top + 12 });
    setFitting(label, term === null ? 'leader' : `term ${term}`, to - from - 8);
    drawing.append(label);
  }
}

function drawWitnesses() {
  for (const figure of document.querySelectorAll('[data-witness]')) drawWitness(figure);
}
