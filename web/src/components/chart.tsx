// A time series chart on uPlot: lines by role, marks for kills and changes, a legend that reads out the cursor.
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line, Mark } from '../api/types';
import * as format from '../lib/format';
import { useTheme } from '../lib/theme';

export type Role = 'used' | 'peak' | 'requested' | 'recommended' | 'allocatable' | 'original' | 'limit';
export interface ChartLine {
  role: Role;
  label: string;
  values: Line;
}

/** Colour and dash tell the roles apart, so that neither is needed alone (colour-blind-safe: Okabe and Ito). */
const dashes: Partial<Record<Role, number[]>> = {
  recommended: [7, 4],
  original: [2, 4],
  limit: [10, 3, 2, 3],
  peak: [],
};
const steps = uPlot.paths.stepped!({ align: 1 });
const stepped: Role[] = ['requested', 'recommended', 'original', 'limit', 'allocatable'];

const pad = (n: number) => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "04:00"; the day where it changes or where hours would say nothing. */
function timeLabels(seconds: number[], step: number): string[] {
  let day = -1;
  return seconds.map((each, i) => {
    const d = new Date(each * 1000);
    const date = `${d.getUTCDate()} ${months[d.getUTCMonth()]}`;
    const changed = d.getUTCDate() !== day && (i > 0 || step >= 86_400);
    day = d.getUTCDate();
    return step >= 86_400 || (changed && i > 0) ? date : `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}`;
  });
}

/** The nodes' whole room would press the other lines to the ground. */
function dwarfs(line: ChartLine, lines: ChartLine[]): boolean {
  const top = (each: ChartLine) => each.values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
  const others = Math.max(0, ...lines.filter((each) => each !== line).map(top));
  return others > 0 && top(line) > 2 * others;
}

/** Round numbers of cores or of 1024s on the axis. */
function splits(resource: format.Resource, min: number, max: number): number[] {
  const span = Math.max(max - min, resource === 'cpu' ? 10 : 1024 ** 2);
  const base = resource === 'cpu' ? 10 : 2;
  let step = base ** Math.floor(Math.log(span / (resource === 'cpu' ? 4 : 3)) / Math.log(base));
  if (resource === 'cpu') {
    for (const factor of [5, 2, 1]) if (span / (step * factor) >= 3) { step *= factor; break; }
  }
  const out: number[] = [];
  for (let at = Math.ceil(min / step) * step; at <= max + step * 0.01; at += step) out.push(at);
  return out;
}

const markWords: Record<Mark['type'], string> = { oom: 'OOM kill', resize: 'Resized', evict: 'Restarted' };

export function Chart({
  resource,
  at,
  lines,
  marks = [],
  sync,
  height = 240,
  title,
}: {
  resource: format.Resource;
  at: number[];
  lines: ChartLine[];
  marks?: Mark[];
  sync?: string;
  height?: number;
  title: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const marksNow = useRef(marks);
  marksNow.current = marks;
  const [cursor, setCursor] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<Role>>(
    () => new Set(lines.filter((line) => line.role === 'allocatable' && dwarfs(line, lines)).map((line) => line.role)),
  );
  const theme = useTheme();
  const shape = lines.map((line) => line.role).join();
  const data = useMemo(() => [at, ...lines.map((line) => line.values)] as unknown as uPlot.AlignedData, [at, lines]);

  useEffect(() => {
    const element = box.current!;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const roles = shape.split(',') as Role[];
    const usedAt = roles.indexOf('used') + 1;
    const requestedAt = roles.indexOf('requested') + 1;
    const options: uPlot.Options = {
      width: element.clientWidth,
      height,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
      legend: { show: false },
      padding: [12, 20, 0, 0], // the last time label stands half outside of the plot
      cursor: {
        sync: sync ? { key: sync } : undefined,
        points: { size: 7, width: 2 },
        drag: { x: false, y: false },
        y: false,
      },
      scales: { y: { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] } },
      axes: [
        {
          stroke: colour('--text-3'),
          grid: { show: false },
          ticks: { show: false },
          font: '12px "Inter Variable", system-ui, sans-serif',
          size: 28,
          space: 64,
          values: (_u, seconds, _axis, _space, step) => timeLabels(seconds, step),
        },
        {
          stroke: colour('--text-3'),
          grid: { stroke: colour('--line'), width: 1 },
          ticks: { show: false },
          font: '12px "Inter Variable", system-ui, sans-serif',
          size: 74,
          values: (_u, values) => values.map((value) => (value === 0 ? '0' : format.amount(resource, value))),
          splits: (u) => splits(resource, u.scales.y.min ?? 0, u.scales.y.max ?? 1),
        },
      ],
      bands: usedAt > 0 && requestedAt > 0 ? [{ series: [requestedAt, usedAt], fill: colour('--chart-waste') }] : [],
      series: [
        {},
        ...roles.map((role): uPlot.Series => ({
          stroke: colour(`--chart-${role}`),
          width: role === 'peak' ? 1 : role === 'requested' || role === 'used' ? 2 : 1.75,
          dash: dashes[role],
          paths: stepped.includes(role) ? steps : undefined,
          points: { show: false },
          fill: role === 'used' ? colour('--chart-used-fill') : undefined,
          spanGaps: false,
        })),
      ],
      hooks: {
        setCursor: [(u) => setCursor(u.cursor.idx ?? null)],
        draw: [(u) => drawMarks(u, marksNow.current, colour)],
      },
    };
    const chart = new uPlot(options, data, element);
    plot.current = chart;
    roles.forEach((role, i) => hidden.has(role) && chart.setSeries(i + 1, { show: false }));
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) chart.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
    // Data and visibility are put in below without building the chart anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shape, resource, height, sync, theme]);

  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);

  const toggle = (role: Role, index: number) => {
    const next = new Set(hidden);
    if (!next.delete(role)) next.add(role);
    setHidden(next);
    plot.current?.setSeries(index + 1, { show: !next.has(role) });
  };

  const index = cursor ?? at.length - 1;
  const near = cursor == null ? [] : marksNear(marks, at, cursor);
  return (
    <figure className="chart" aria-label={title}>
      <div className="legend">
        {lines.map((line, i) => (
          <button
            key={line.role}
            className={`legend-item ${hidden.has(line.role) ? 'off' : ''}`}
            aria-pressed={!hidden.has(line.role)}
            onClick={() => toggle(line.role, i)}
          >
            <span className={`swatch swatch-${line.role}`} />
            <span className="legend-label">{line.label}</span>
            <span className="legend-value">{format.amount(resource, line.values[index])}</span>
          </button>
        ))}
      </div>
      <div ref={box} className="plot" style={{ height }} />
      <figcaption className="chart-caption">
        {cursor != null && at[cursor] !== undefined ? (
          <>
            {format.dateTime(at[cursor] * 1000)}
            {near.length > 0 && <span className="chart-near">{near.join(' · ')}</span>}
          </>
        ) : (
          <MarkKey marks={marks} />
        )}
      </figcaption>
    </figure>
  );
}

function MarkKey({ marks }: { marks: Mark[] }) {
  const kinds = [...new Set(marks.map((mark) => mark.type))];
  return (
    <>
      <span>Times in UTC</span>
      {kinds.map((kind) => (
        <span key={kind} className={`mark-key mark-${kind}`}>
          {markWords[kind]} × {marks.filter((mark) => mark.type === kind).length}
        </span>
      ))}
    </>
  );
}

function marksNear(marks: Mark[], at: number[], index: number): string[] {
  const from = at[index - 1] ?? -Infinity;
  const to = at[index];
  const found = marks.filter((mark) => {
    const seconds = Date.parse(mark.at) / 1000;
    return seconds > from && seconds <= to;
  });
  const texts = found.slice(0, 2).map((mark) => `${markWords[mark.type]}: ${mark.text}`);
  if (found.length > 2) texts.push(`${found.length - 2} more`);
  return texts;
}

/** Kills as triangles with a line, changes as ticks at the bottom. */
function drawMarks(u: uPlot, marks: Mark[], colour: (name: string) => string) {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  const unit = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top - 8 * unit, width, height + 8 * unit);
  ctx.clip();
  for (const mark of marks) {
    const x = u.valToPos(Date.parse(mark.at) / 1000, 'x', true);
    if (x < left || x > left + width) continue;
    const kill = mark.type === 'oom';
    ctx.fillStyle = ctx.strokeStyle = colour(kill ? '--mark-oom' : '--mark-change');
    ctx.lineWidth = unit;
    ctx.beginPath();
    if (kill) {
      ctx.globalAlpha = 0.45;
      ctx.setLineDash([3 * unit, 3 * unit]);
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
      ctx.beginPath();
      ctx.moveTo(x - 5 * unit, top - 6 * unit);
      ctx.lineTo(x + 5 * unit, top - 6 * unit);
      ctx.lineTo(x, top + 3 * unit);
      ctx.fill();
    } else {
      ctx.globalAlpha = 0.8;
      ctx.moveTo(x, top + height);
      ctx.lineTo(x, top + height - (mark.type === 'evict' ? 12 : 7) * unit);
      ctx.stroke();
      ctx.globalAlpha = 1;
    }
  }
  ctx.restore();
}
