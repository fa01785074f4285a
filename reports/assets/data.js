// Data: the page's JSON turned into typed columns, with the lanes that operations are drawn in.
// Times are microseconds since the start of the run. Everything here is made once and then only
// read.

const data = JSON.parse(document.getElementById('data').textContent);

const STATUSES = ['ok', 'failed', 'unknown'];

const operations = decodeOperations(data.operations);

/** Columns by place; `end` of an unknown operation is when its client gave up. */
function decodeOperations(columns) {
  const count = columns.start.length;
  const decoded = {
    count,
    total: columns.total,
    functions: columns.functions,
    start: new Float64Array(count),
    end: new Float64Array(count),
    process: columns.process,
    status: new Uint8Array(count),
    function: new Uint16Array(count),
    key: Uint32Array.from(columns.key),
    argument: columns.argument,
    result: columns.result,
    error: new Map(),
    number: columns.number,
  };
  let time = 0;
  for (let i = 0; i < count; ++i) {
    time += columns.start[i];
    decoded.start[i] = time;
    decoded.end[i] = time + columns.duration[i];
    decoded.status[i] = columns.kind[i] % 3;
    decoded.function[i] = Math.floor(columns.kind[i] / 3);
  }
  for (let i = 0; i < columns.error.length; i += 2)
    decoded.error.set(columns.error[i], data.errors[columns.error[i + 1]]);
  return decoded;
}

/** The first place in ascending `values[0…count)` that is not below `wanted`. */
function lowerBound(values, wanted, from = 0, to = values.length) {
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (values[middle] < wanted) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Gives each operation a lane, so that a process stays in one lane and no two operations of a lane
 * overlap. A process retires when an outcome stays unknown; the one that follows it takes over a
 * lane that has become free, as its thread does in the harness.
 */
function assignLanes() {
  const spans = new Map();
  for (let i = 0; i < operations.count; ++i) {
    const span = spans.get(operations.process[i]);
    if (span) span.to = Math.max(span.to, operations.end[i]);
    else spans.set(operations.process[i], { from: operations.start[i], to: operations.end[i] });
  }
  const busyUntil = [];
  const processes = [];
  const laneOf = new Map();
  for (const [process, span] of spans) {  // in the order of their first operation
    let lane = busyUntil.findIndex((until) => until <= span.from);
    if (lane < 0) {
      lane = busyUntil.length;
      processes.push([]);
    }
    busyUntil[lane] = span.to;
    processes[lane].push({ process, from: span.from, to: span.to });
    laneOf.set(process, lane);
  }
  return { count: busyUntil.length, processes, laneOf };
}

const lanes = assignLanes();

/**
 * The operations that pass a filter, lane by lane, with running counts of what failed and what
 * stayed unknown: any span can then be counted by two binary searches, however many it holds.
 */
function buildLaneIndex(passes) {
  const index = Array.from({ length: lanes.count }, () => ({ places: [] }));
  for (let i = 0; i < operations.count; ++i)
    if (passes(i)) index[lanes.laneOf.get(operations.process[i])].places.push(i);
  for (const lane of index) {
    const count = lane.places.length;
    lane.places = Int32Array.from(lane.places);
    lane.start = new Float64Array(count);
    lane.end = new Float64Array(count);
    lane.failed = new Uint32Array(count + 1);
    lane.unknown = new Uint32Array(count + 1);
    for (let i = 0; i < count; ++i) {
      const place = lane.places[i];
      lane.start[i] = operations.start[place];
      lane.end[i] = operations.end[place];
      lane.failed[i + 1] = lane.failed[i] + (operations.status[place] === 1 ? 1 : 0);
      lane.unknown[i + 1] = lane.unknown[i] + (operations.status[place] === 2 ? 1 : 0);
    }
  }
  return index;
}
