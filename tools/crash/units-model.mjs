// What random units of work do, and what is there when they have done it.

const files = ['a', 'b', 'c/d', 'c/e', 'c/f/g', 'h'];
const cells = 8;

/** A random sequence of operations for a unit of work. */
export function operationsOf(unit, random, depth = 0) {
  const any = (list) => list[Math.floor(random() * list.length)];
  const cell = () => Math.floor(random() * cells);
  return Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => {
    const word = `${unit}.${depth}.${index}`;
    const dice = random();
    if (dice < 0.15) return ['set', cell(), Math.floor(random() * 1000)];
    if (dice < 0.3) return ['increment', cell()];
    if (dice < 0.45) return ['write', any(files), word];
    if (dice < 0.55) return ['append', any(files), `+${word}`];
    if (dice < 0.65) return ['remove', any(files)];
    if (dice < 0.73) return ['move', any(files), any(files)];
    if (dice < 0.78) return ['copy', any(files), any(files)];
    if (dice < 0.83) return ['invalidate', word];
    if (dice < 0.88 || depth === 3) return ['send', word];
    return ['nested', word, random() < 0.4, operationsOf(unit, random, depth + 1)];
  });
}

/** Rows, files and messages as they have to be. */
export class Model {
  cells = new Map();
  files = new Map();
  messages = [];
  invalidated = new Set();

  /** Does the operations of a unit of work that is committed. */
  apply(operations) {
    for (const [kind, ...args] of operations) {
      const [one, two, three] = args;
      if (kind === 'set') this.cells.set(one, two);
      else if (kind === 'increment') this.cells.set(one, (this.cells.get(one) ?? 0) + 1);
      else if (kind === 'write') this.files.set(one, two);
      else if (kind === 'append') this.files.set(one, `${this.files.get(one) ?? ''}${two}`.slice(-60));
      else if (kind === 'remove') this.files.delete(one);
      else if (kind === 'move' || kind === 'copy') this.#transfer(kind, one, two);
      else if (kind === 'invalidate') this.invalidated.add(one);
      else if (kind === 'send') this.messages.push(one);
      else if (!two) this.apply(three);
    }
  }

  #transfer(kind, from, to) {
    const content = this.files.get(from);
    if (content === undefined) return;
    if (kind === 'move') this.files.delete(from);
    this.files.set(to, content);
  }
}
