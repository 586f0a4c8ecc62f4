import type { MigrationReport } from '@markitect/adapter-sqlite';
import { type Application, composeApplication, startTelemetry } from '@markitect/api';
import type { Config } from '@markitect/config';
import { stageText } from '../commands/cutover-view.js';
import { failureOf } from '../program/failure.js';

interface OpenedOptions {
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly create: boolean;
  readonly recover: boolean;
  readonly migrate: boolean;
  /** Told in a sentence of what the user should know besides the result. */
  readonly warn: (text: string) => void;
}

/**
 * Runs `work` with the application on a data directory, brought up to date, and, unless told
 * otherwise, rid of what interrupted commits have left; closes it and exports what telemetry
 * is left whatever happens. Telemetry is started only where the `OTEL_*` variables ask for it.
 */
export async function withApplication<T>(
  config: Config,
  { version, env, create, recover, migrate, warn }: OpenedOptions,
  work: (application: Application, migration: MigrationReport) => Promise<T>,
): Promise<T> {
  const running = await startTelemetry({ ...env }, { serviceName: 'markitect', serviceVersion: version });
  try {
    const application = composeApplication(config, {
      create,
      env,
      onCutoverFailure: (component, error) => {
        const { code, message } = failureOf(error);
        warn(`the cutover of ${component}: ${message} (${code})`);
      },
      onCutoverOverride: (component, from, to) => {
        warn(
          `${component} went from ${stageText(from)} to ${stageText(to)}, for all processes, because a flag says so; ` +
            'it stays there when the flag is gone',
        );
      },
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
