// Circle: a finding whose proof is a circle of dependencies, as a drawing: each operation once
// around a ring, each reason why one must come before the next on the arrow between them. Solid
// arrows come from what was read and written, dashed ones from a process's order or from real time.

const CIRCLE_RADIUS = 92;
const CIRCLE_LINE = 15;
const CIRCLE_BOX = 24;

function drawCircle(figure) {
  const finding = data.findings[Number(figure.dataset.circle)];
  const width = Math.max(figure.clientWidth, 480);
  const members = finding.arrows.map(([from]) => from);
  const label = Math.max(Math.floor((width / 2 - CIRCLE_RADIUS - 60) / 6.4), 18);
  const lines = Math.max(...finding.arrows.map(([, , , words]) => wrapped(words, label).length)) + 1;
  const margin = 26 + (members.length === 2 ? lines * CIRCLE_LINE : 24);
  const ring = { x: width / 2, y: margin + CIRCLE_RADIUS, start: members.length === 2 ? Math.PI : -Math.PI / 2,
    step: 2 * Math.PI / members.length };
  const height = 2 * (margin + CIRCLE_RADIUS);
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': `A circle of ${members.length} operations: each must come before the next` });
  finding.arrows.forEach((arrow, i) => drawCircleArrow(drawing, ring, arrow, i, label));
  members.forEach((step, i) => drawCircleMember(drawing, ring, finding.steps[step], step, i));
  figure.replaceChildren(drawing, element('figcaption', {},
    'Each must come before the next, so none can come first. Dashed: order of a process or of real time.'));
}

/** Where the ring stands at `place`: whole numbers are members, halves the arrows between them. */
function onRing(ring, place, radius = CIRCLE_RADIUS) {
  const angle = ring.start + place * ring.step;
  return { x: ring.x + radius * Math.cos(angle), y: ring.y + radius * Math.sin(angle) };
}

function drawCircleArrow(drawing, ring, [, , kind, words], i, label) {
  const gap = Math.min(0.3, CIRCLE_BOX / CIRCLE_RADIUS / ring.step);
  const [from, to] = [onRing(ring, i + gap), onRing(ring, i + 1 - gap)];
  const data = kind === 'ww' || kind === 'wr' || kind === 'rw';
  drawing.append(svg('path', { class: data ? 'edge' : 'edge order',
    d: `M${from.x} ${from.y}A${CIRCLE_RADIUS} ${CIRCLE_RADIUS} 0 0 1 ${to.x} ${to.y}` }));
  drawing.append(arrowHead(to, ring.start + (i + 1 - gap) * ring.step + Math.PI / 2));
  const middle = onRing(ring, i + 0.5, CIRCLE_RADIUS + 14);
  const side = Math.cos(ring.start + (i + 0.5) * ring.step);
  const down = Math.sin(ring.start + (i + 0.5) * ring.step);
  const anchor = Math.abs(side) < 0.3 ? 'middle' : side > 0 ? 'start' : 'end';
  const rows = [kind, ...wrapped(words, anchor === 'middle' ? label * 2 : label)];
  const first = middle.y + (down - 1) / 2 * (rows.length - 1) * CIRCLE_LINE + 4;
  rows.forEach((row, k) => drawing.append(svg('text', { class: k === 0 ? 'kind' : 'words', x: middle.x,
    y: first + k * CIRCLE_LINE, 'text-anchor': anchor }, row)));
}

function arrowHead(at, angle) {
  const degrees = angle * 180 / Math.PI;
  return svg('path', { class: 'head', d: 'M0 0L-9 -4.5L-9 4.5Z',
    transform: `translate(${at.x} ${at.y}) rotate(${degrees})` });
}

function drawCircleMember(drawing, ring, [place], step, i) {
  const at = onRing(ring, i);
  const group = svg('g', { class: 'member', tabindex: 0, role: 'button', 'data-place': place });
  group.append(svg('title', {}, operationText(place)));
  group.append(svg('circle', { class: 'badge', cx: at.x, cy: at.y, r: CIRCLE_BOX - 6 }));
  group.append(svg('text', { class: 'on-bar', x: at.x, y: at.y + 4, 'text-anchor': 'middle' }, `T${step + 1}`));
  group.addEventListener('click', () => {
    showSelected(place);
    view.focus(operations.start[place], operations.end[place]);
    scrollToTimeline();
  });
  drawing.append(group);
}

/** The words in lines of at most `letters` letters, unless a word is longer. */
function wrapped(words, letters) {
  const lines = [''];
  for (const word of words.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== '' && last.length + 1 + word.length > letters) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

function drawCircles() {
  for (const figure of document.querySelectorAll('[data-circle]')) drawCircle(figure);
}
