export type { ResolveHost } from './address/address-policy.js';
export { isPublicAddress } from './address/is-public-address.js';
export type { SiteConnection, SiteConnectionOptions, WebScraperOptions } from './web-options.js';
export { WebScraper } from './web-scraper.js';
