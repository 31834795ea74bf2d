import { describe, expect, it } from 'vitest';
import { change, cpu, dateTime, duration, memory, money, ordinal, percent, plural, relative, rounded, words } from './format';

const MiB = 1024 ** 2;

describe('cpu', () => {
  it.each([
    [0, '0m'],
    [250, '250m'],
    [999, '999m'],
    [1000, '1 core'],
    [1500, '1.5 cores'],
    [12_345, '12.3 cores'],
    [123_456, '123 cores'],
    [1_887_000, '1,887 cores'],
    [-300, '-300m'],
    [null, '–'],
  ])('shows %s millicores as %s', (value, text) => expect(cpu(value)).toBe(text));
});

describe('memory', () => {
  it.each([
    [0, '0 B'],
    [512 * MiB, '512 MiB'],
    [1.5 * 1024 * MiB, '1.5 GiB'],
    [1024 * MiB - 1, '1 GiB'],
    [20.25 * MiB, '20.3 MiB'],
    [undefined, '–'],
  ])('shows %s bytes as %s', (value, text) => expect(memory(value)).toBe(text));
});

it('shows money with cents only where they matter', () => {
  expect(money(12.3)).toBe('$12.30');
  expect(money(1234.5)).toBe('$1,235');
  expect(money(0)).toBe('$0');
  expect(money(-2.2)).toBe('−$2.20');
  expect(money(12_345_678)).toBe('$12.35M');
  expect(money(5, 'EUR')).toBe('€5.00');
  expect(money(5, 'credits!')).toBe('5.00 credits!');
});

it('tells times relative to the cluster clock, not to the browser', () => {
  const now = Date.parse('2026-01-05T12:00:00Z');
  expect(relative('2026-01-05T11:59:58Z', now)).toBe('just now');
  expect(relative('2026-01-05T11:59:20Z', now)).toBe('40 s ago');
  expect(relative('2026-01-05T11:55:00Z', now)).toBe('5 min ago');
  expect(relative('2026-01-03T12:00:00Z', now)).toBe('2 d ago');
  expect(relative('2026-01-05T15:00:00Z', now)).toBe('in 3 h');
  expect(relative(null, now)).toBe('never');
  expect(dateTime('2026-01-05T12:00:30Z')).toBe('5 Jan 12:00:30 UTC');
});

it('shows shares, changes and names', () => {
  expect(percent(0.123)).toBe('12%');
  expect(percent(0.051)).toBe('5.1%');
  expect(change(1000, 400)).toBe('−60%');
  expect(change(100, 120)).toBe('+20%');
  expect(change(0, 5)).toBe('');
  expect(change(1000, 1001)).toBe('same');
  expect(words('disruption-budget')).toBe('Disruption budget');
  expect(plural(1, 'pod')).toBe('1 pod');
  expect(plural(2000, 'pod')).toBe('2,000 pods');
});

it('spells durations and ordinals out', () => {
  expect(duration('4d')).toBe('4 days');
  expect(duration('1h30m')).toBe('1 hour 30 minutes');
  expect([1, 11, 22, 85, 93].map(ordinal)).toEqual(['1st', '11th', '22nd', '85th', '93rd']);
  expect(rounded(603.4)).toBe('600');
});
