import { badOption } from './option-values.js';

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span of time such as `90s`, `10m`, `2h` or `7d`, in milliseconds. Throws UsageError. */
export function duration(option: string): (value: string) => number {
  return (value) => {
    const [, number = '', unit = ''] = /^(\d{1,6}(?:\.\d+)?)([smhd])$/.exec(value.trim()) ?? [];
    const ms = Number(number) * ((units[unit as keyof typeof units] as number | undefined) ?? Number.NaN);
    if (Number.isFinite(ms)) return Math.round(ms);
    throw badOption(option, `must be a number with s, m, h or d, such as 90s or 2h, not "${value}"`);
  };
}
