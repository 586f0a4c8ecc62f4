import type { MigrationReport } from '@markitect/adapter-sqlite';
import { type Application, composeApplication, startTelemetry } from '@markitect/api';
import type { Config } from '@markitect/config';

interface OpenedOptions {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly create: boolean;
  readonly recover: boolean;
  readonly migrate: boolean;
}

/**
 * Runs `work` with the application on a data directory, brought up to date, and, unless told
 * otherwise, rid of what interrupted commits have left; closes it and exports what telemetry
 * is left whatever happens. Telemetry is started only where the `OTEL_*` variables ask for it.
 */
export async function withApplication<T>(
  config: Config,
  { version, env, create, recover, migrate }: OpenedOptions,
  work: (application: Application, migration: MigrationReport) => Promise<T>,
): Promise<T> {
  const running = await startTelemetry({ ...env }, { serviceName: 'markitect', serviceVersion: version });
  try {
    const application = composeApplication(config, {
      create,
      env,
      ...(running === undefined ? {} : { telemetry: running.telemetry }),
    });
    const migration = await application.open({ recover, migrate });
    try {
      return await work(application, migration);
    } finally {
      await application.close();
    }
  } finally {
    await running?.shutdown();
  }
}
