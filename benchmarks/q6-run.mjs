import { measure, counts } from './q6-tmp.mjs';
const [of = 'drain', sides = 'markitect,plainjob', rounds = '3'] = process.argv.slice(2);
const res = {};
for (let r = 0; r < Number(rounds); r++)
  for (const side of sides.split(',')) {
    const rate = await measure(side, of);
    (res[side] ??= []).push([rate, measure.cpu]);
  }
for (const [side, v] of Object.entries(res))
  console.log(
    of,
    side.padEnd(10),
    v
      .map(
        ([r, c]) =>
          `${(r / 1000).toFixed(1)}k/s wall ${(1e6 / r).toFixed(1)}us main ${c.main.toFixed(1)} rest ${c.rest.toFixed(1)} (sys ${c.sys.toFixed(1)})`,
      )
      .join(' | '),
  );
