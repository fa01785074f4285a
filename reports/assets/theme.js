// Theme: the style sheet's colours for canvases, read again when the light changes.

const theme = {};

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['paper', 'panel', 'ink', 'quiet', 'line', 'faint', 'ok', 'fail', 'info', 'accent',
    'leader', 'follower', 'candidate', 'down', 'fault', 'fault-kill', 'fault-pause', 'mark'])
    theme[name] = style.getPropertyValue(`--${name}`).trim();
  theme.font = style.getPropertyValue('--sans').trim();
}

/** Kinds of fault are told apart by colour, and by the words beside them. */
function faultColour(fault) {
  if (fault.name.startsWith('kill')) return theme['fault-kill'];
  if (fault.name.startsWith('pause')) return theme['fault-pause'];
  return theme.fault;
}

/** Unknown roles look like followers: no protocol's vocabulary is assumed. */
function roleColour(role) {
  if (role === 'leader') return theme.leader;
  if (role.includes('candidate')) return theme.candidate;
  if (role === 'down' || role === 'starting') return theme.down;
  return theme.follower;
}

/** Sizes a canvas to its box in device pixels; returns its context, scaled, and that box. */
function fitCanvas(canvas, height) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.parentElement.clientWidth;
  const wide = Math.round(width * ratio);
  const high = Math.round(height * ratio);
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** `text` cut to what fits, or nothing where not even a letter would. */
function fitText(context, text, width) {
  if (width < 9) return '';
  if (context.measureText(text).width <= width) return text;
  let from = 0;
  let to = text.length;
  while (from < to) {
    const middle = (from + to + 1) >>> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) from = middle;
    else to = middle - 1;
  }
  return from === 0 ? '' : `${text.slice(0, from)}…`;
}

/** A tile of diagonal lines, for what must not be told by colour alone. */
function hatch(context, colour) {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (const shift of [-6, 0, 6]) {
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat');
}
