/** The OpenAPI description of the API, without opening a database. Loads Fastify. */
export async function openapiDocument(): Promise<Record<string, unknown>> {
  const { describeApi } = await import('./server/describe-api.js');
  return describeApi();
}
