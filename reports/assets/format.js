// Format: numbers, times and operations as people read them. Plain text only; whoever shows it
// uses textContent or fillText, never innerHTML.

function withSeparators(number) {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** Three significant digits: "1.23 s", "456 ms", "7.89 µs". */
function durationText(microseconds) {
  const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1)
    : value.toFixed(2));
  if (microseconds >= 1e6) return `${digits(microseconds / 1e6)} s`;
  if (microseconds >= 1e3) return `${digits(microseconds / 1e3)} ms`;
  return `${Math.round(microseconds)} µs`;
}

/** A point in the run, exact to a microsecond where it matters at this step between ticks. */
function timeText(microseconds, step = 1) {
  const decimals = step >= 1e6 ? 0 : step >= 1e5 ? 1 : step >= 1e4 ? 2 : step >= 1e3 ? 3
    : step >= 100 ? 4 : step >= 10 ? 5 : 6;
  return `${(microseconds / 1e6).toFixed(decimals)} s`;
}

function valueText(value) {
  return value === null ? 'nil' : String(value);
}

function keyText(key) {
  return data.keys[key] === null ? '' : String(data.keys[key]);
}

/** "read x → 5", as reports/wording.cpp says it. */
function operationText(place, withKey = true) {
  const name = operations.functions[operations.function[place]];
  let text = name;
  const key = keyText(operations.key[place]);
  if (withKey && key !== '') text += ` ${key}`;
  if (operations.argument[place] !== null) text += ` ${operations.argument[place]}`;
  const result = operations.result[place];
  if (operations.status[place] === 0) {
    if (name === 'read' || result !== null) text += ` → ${valueText(result)}`;
  } else if (operations.status[place] === 2) {
    text += ' → ?';
  } else {
    text += result === null ? ' → failed' : ` → failed, saw ${valueText(result)}`;
  }
  return text;
}

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties))
    if (property === 'class') made.className = value;
    else made.setAttribute(property, value);
  made.append(...children);
  return made;
}

/** Rows of names and values: for tooltips and the chosen operation. */
function detailRows(rows) {
  const list = element('dl');
  for (const [name, value] of rows) {
    if (value === null || value === undefined || value === '') continue;
    list.append(element('dt', {}, name), element('dd', {}, String(value)));
  }
  return list;
}
