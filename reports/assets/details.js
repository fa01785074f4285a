// Details: the tooltip under the pointer, and the chosen operation in full below the timeline.

const tooltip = document.getElementById('tooltip');

function operationRows(place) {
  const status = operations.status[place];
  const start = operations.start[place];
  const end = operations.end[place];
  const number = operations.number.length > 0 ? operations.number[place] : place;
  return [
    ['status', STATUSES[status]],
    ['process', operations.process[place]],
    ['invoked', timeText(start)],
    [status === 2 ? 'gave up' : 'completed', timeText(end)],
    [status === 2 ? 'waited' : 'latency', durationText(end - start)],
    ['error', operations.error.get(place)],
    ['operation', `#${number}`],
    ['step of proof', highlighted.get(place) || null],
  ];
}

function describe(hit) {
  if (hit.kind === 'operation') return [operationText(hit.place), operationRows(hit.place)];
  if (hit.kind === 'fault') return describeFault(data.faults[hit.index]);
  if (hit.kind === 'finding') {
    const finding = data.findings[hit.index];
    return [`${hit.index + 1}: ${finding.anomaly}`, [['key', finding.key],
      ['showed at', timeText(finding.moment)], ['operations', finding.steps.length]]];
  }
  if (hit.kind === 'role') {
    const [role, term, from, to] = hit.role;
    return [`${hit.node} ${role}`, [['term', term], ['from', timeText(from)], ['to', timeText(to)],
      ['for', durationText(to - from)]]];
  }
  if (hit.kind === 'incident') {
    const [at, node, what, text] = hit.incident;
    return [`${node} ${what}`, [['at', timeText(at)], ['details', text]]];
  }
  const [name, from, to] = hit.phase;
  return [name, [['from', timeText(from)], ['to', timeText(to)], ['for', durationText(to - from)]]];
}

function describeFault(fault) {
  return [`#${fault.number} ${fault.description}`, [['outcome', fault.outcome],
    ['from', timeText(fault.from)], ['to', timeText(fault.to)],
    ['for', fault.applied === null ? null : durationText(fault.to - fault.from)],
    ['action', fault.action === fault.description ? null : fault.action],
    ['evidence', fault.facts]]];
}

/** Shows what was hit beside the pointer, kept inside the timeline; hides for nothing. */
function showTooltip(hit, x, y) {
  tooltip.hidden = hit === null;
  if (hit === null) return;
  const [title, rows] = describe(hit);
  tooltip.replaceChildren(element('b', {}, title), detailRows(rows));
  const box = tooltip.parentElement;
  const left = Math.min(x + 14, box.clientWidth - tooltip.offsetWidth - 4);
  const below = y + 18;
  const fitsBelow = below + tooltip.offsetHeight < box.clientHeight;
  tooltip.style.left = `${Math.max(left, 4)}px`;
  tooltip.style.top = `${fitsBelow ? below : Math.max(y - tooltip.offsetHeight - 12, 0)}px`;
}

function showSelected(place) {
  const box = document.getElementById('selected');
  box.hidden = place === null;
  if (place === null) {
    for (const [known, step] of highlighted) if (step === 0) highlighted.delete(known);
    return;
  }
  for (const [known, step] of highlighted) if (step === 0) highlighted.delete(known);
  if (!highlighted.has(place)) highlighted.set(place, 0);
  const title = element('b', {}, operationText(place));
  const rows = detailRows(operationRows(place));
  const zoom = element('button', { type: 'button' }, 'Zoom to it');
  zoom.addEventListener('click', () => {
    const around = (operations.end[place] - operations.start[place]) * 2;
    view.focus(operations.start[place] - around, operations.end[place] + around);
  });
  box.replaceChildren(title, rows, zoom);
}
