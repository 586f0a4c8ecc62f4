export type { Connection, ConnectionHealth, ConnectionStats } from './connection.js';
export { ConnectionManager } from './connection-manager.js';
export { FairLease } from './fair-lease.js';
export type { LeaseOptions, LeaseRequest, LeaseStats } from './fair-lease.js';
export type { HttpClient, HttpRequest, HttpResponse, RepeatGuard } from './http-client.js';
