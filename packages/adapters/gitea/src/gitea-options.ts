/** Which repository of a Gitea server, and how much may be asked of the server at a time. */
export interface GiteaOptions {
  /** The user or organization the repository belongs to. */
  readonly owner: string;
  readonly repository: string;
  /**
   * The issues asked for with one request. Default and most 50. A server that gives fewer (`MAX_RESPONSE_ITEMS`) is
   * noticed and followed.
   */
  readonly pageSize?: number;
  /** The most requests that one call has under way at a time. Default 4. */
  readonly concurrency?: number;
}
