// Numbers and times as people read them.

const trim = (text: string) => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);

/** Millicores: "250m", "1.5 cores". */
export function cpu(millicores: number | null | undefined): string {
  if (millicores == null || !Number.isFinite(millicores)) return '–';
  const size = Math.abs(millicores);
  if (size < 1000) return `${Math.round(millicores)}m`;
  const digits = size < 10_000 ? 2 : size < 100_000 ? 1 : 0;
  const cores = new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(millicores / 1000);
  return `${cores} ${cores === '1' ? 'core' : 'cores'}`;
}

/** Bytes: "512 MiB", "1.5 GiB". */
export function memory(bytes: number | null | undefined): string {
  if (bytes == null || !Number.isFinite(bytes)) return '–';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  // 1023.9 MiB would read as 1024 MiB.
  if (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit < 2 ? 0 : Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return `${trim(value.toFixed(digits))} ${units[unit]}`;
}

export type Resource = 'cpu' | 'memory';
export const amount = (resource: Resource, value: number | null | undefined) =>
  resource === 'cpu' ? cpu(value) : memory(value);

/** "$1,234", "$12.30", "$1.20M": whole units from a hundred on. */
export function money(value: number | null | undefined, currency = 'USD'): string {
  if (value == null || !Number.isFinite(value)) return '–';
  const large = Math.abs(value) >= 1e6;
  const digits = !large && (Math.abs(value) >= 100 || value === 0) ? 0 : 2;
  try {
    return new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency,
      notation: large ? 'compact' : 'standard',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
      .format(Object.is(value, -0) ? 0 : value)
      .replace('-', '−');
  } catch {
    return `${value.toFixed(digits)} ${currency}`; // not an ISO 4217 code
  }
}

export function percent(share: number | null | undefined): string {
  if (share == null || !Number.isFinite(share)) return '–';
  const value = share * 100;
  return `${trim(value.toFixed(Math.abs(value) < 10 && value !== 0 ? 1 : 0))}%`;
}

export const count = (n: number) => new Intl.NumberFormat('en-US').format(n);

/** Two digits that count: 603.4 reads as 600. */
export const rounded = (n: number) => count(Number(n.toPrecision(2)));

export const plural = (n: number, one: string, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

const steps: [number, string][] = [
  [60, 's'],
  [60, 'min'],
  [24, 'h'],
  [7, 'd'],
  [Infinity, 'wk'],
];

/** "just now", "5 min ago", "in 3 h"; `now` is the cluster's clock. */
export function relative(at: number | string | null | undefined, now: number): string {
  if (at == null) return 'never';
  const then = typeof at === 'string' ? Date.parse(at) : at;
  if (!Number.isFinite(then)) return '–';
  const seconds = (now - then) / 1000;
  if (Math.abs(seconds) < 5) return 'just now';
  let value = Math.abs(seconds);
  let unit = 's';
  for (const [size, name] of steps) {
    unit = name;
    if (value < size) break;
    if (size === Infinity) break;
    value /= size;
  }
  const text = `${Math.floor(value)} ${unit}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

const pad = (n: number) => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "5 Jan 12:00:30 UTC" */
export function dateTime(at: number | string | null | undefined): string {
  if (at == null) return '–';
  const d = new Date(at);
  if (Number.isNaN(d.getTime())) return '–';
  const time = `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}:${pad(d.getUTCSeconds())}`;
  return `${d.getUTCDate()} ${months[d.getUTCMonth()]} ${time} UTC`;
}

export function clockTime(at: number): string {
  const d = new Date(at);
  const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
  return `${days[d.getUTCDay()]} ${d.getUTCDate()} ${months[d.getUTCMonth()]}, ${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}`;
}

/** Change from one amount to another: "−60%", "+20%", "same". */
export function change(from: number | null | undefined, to: number | null | undefined): string {
  if (from == null || to == null || from === 0) return '';
  const share = (to - from) / from;
  if (Math.abs(share) < 0.005) return 'same';
  return `${share > 0 ? '+' : '−'}${percent(Math.abs(share))}`;
}

const spans: Record<string, [string, string]> = { s: ['second', 'seconds'], m: ['minute', 'minutes'], h: ['hour', 'hours'], d: ['day', 'days'] };

/** "4d" → "4 days", "1h30m" → "1 hour 30 minutes". */
export const duration = (text: string) =>
  text.replace(/(\d+)([smhd])(?![a-z])/g, (_, n: string, unit: string) => ` ${n} ${spans[unit][n === '1' ? 0 : 1]}`).trim();

/** 85 → "85th", 93 → "93rd". */
export function ordinal(n: number): string {
  const teens = n % 100 > 10 && n % 100 < 14;
  return `${n}${(!teens && ['th', 'st', 'nd', 'rd'][n % 10]) || 'th'}`;
}

/** "disruption-budget" → "Disruption budget" */
export function words(name: string): string {
  const text = name.replace(/-/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}
