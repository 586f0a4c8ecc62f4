import type { HttpClient } from '@markitect/connections';
import { limitedRequest } from '@markitect/ports';

/** A client whose requests keep to the limits of the operation they belong to, besides their own. */
export function limitedClient(client: HttpClient): HttpClient {
  return {
    request: async (request) =>
      client.request({ ...request, ...limitedRequest(request.deadlineMs, request.signal) }),
  };
}
