import { createHash } from 'node:crypto';

/** A Lua script that the server keeps under its digest. */
export class RedisScript {
  readonly digest: string;

  constructor(readonly source: string) {
    this.digest = createHash('sha1').update(source).digest('hex');
  }
}
