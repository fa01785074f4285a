// Filters: which operations the timeline shows.

const MENU_MAX = 1000;  // a menu longer than this helps nobody

const filterKey = document.getElementById('filter-key');
const filterProcess = document.getElementById('filter-process');
const filterFunction = document.getElementById('filter-function');
const filterStatuses = ['ok', 'fail', 'info'].map((name) => document.getElementById(`filter-${name}`));

/** The values that occur, with how many operations each has, in the order of `compare`. */
function occurring(values) {
  const counts = new Map();
  for (let i = 0; i < operations.count; ++i) counts.set(values[i], (counts.get(values[i]) || 0) + 1);
  return counts;
}

function fillMenu(menu, counts, name, order) {
  menu.append(element('option', { value: '' }, `all (${withSeparators(counts.size)})`));
  const entries = [...counts].sort(order).slice(0, MENU_MAX);
  for (const [value, count] of entries)
    menu.append(element('option', { value: String(value) }, `${name(value)} (${withSeparators(count)})`));
}

function applyFilters() {
  const key = filterKey.value === '' ? null : Number(filterKey.value);
  const process = filterProcess.value === '' ? null : Number(filterProcess.value);
  const called = filterFunction.value === '' ? null : Number(filterFunction.value);
  const statuses = filterStatuses.map((box) => box.checked);
  let shown = 0;
  laneIndex = buildLaneIndex((i) => {
    const passes = statuses[operations.status[i]]
      && (key === null || operations.key[i] === key)
      && (process === null || operations.process[i] === process)
      && (called === null || operations.function[i] === called);
    if (passes) ++shown;
    return passes;
  });
  tellShown(shown);
  requestDraw();
}

function tellShown(shown) {
  let text = shown === operations.count ? `${withSeparators(shown)} operations`
    : `${withSeparators(shown)} of ${withSeparators(operations.count)} operations`;
  if (operations.count < operations.total)
    text += ` (thinned evenly from ${withSeparators(operations.total)}; every failed and unknown one is kept)`;
  document.getElementById('shown').textContent = text;
}

function startFilters() {
  const byCount = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);
  const byValue = (a, b) => a[0] - b[0];
  fillMenu(filterKey, occurring(operations.key), (key) => keyText(key) || 'nil', byCount);
  fillMenu(filterProcess, occurring(operations.process), (process) => `p${process}`, byValue);
  fillMenu(filterFunction, occurring(operations.function), (f) => operations.functions[f], byCount);
  for (const control of [filterKey, filterProcess, filterFunction, ...filterStatuses])
    control.addEventListener('change', applyFilters);
  tellShown(operations.count);
}
