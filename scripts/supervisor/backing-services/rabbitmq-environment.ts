import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomSecret } from '../infrastructure/random-secret.ts'
import type { Program } from '../infrastructure/server.ts'
import { serverEnv } from '../processes/environment.ts'
import type { Instance } from '../session/instance.ts'
import { writePrivate } from '../session/private-file.ts'

/** Where everything of it is. */
export function rabbitmqFolder({ dataDir }: Instance): string {
  return join(dataDir, 'rabbitmq')
}

/** Of epmd, by which Erlang nodes find each other. */
export function epmdPort({ portOffset }: Instance): number {
  return 8517 + portOffset
}

/** Where the Erlang node listens for other nodes, such as rabbitmqctl. */
export function nodePort({ portOffset }: Instance): number {
  return 8518 + portOffset
}

/**
 * For any program of Erlang: on loopback alone, at home in RabbitMQ's folder, where its cookie is, and it starts no
 * epmd, which would stay behind.
 * https://www.erlang.org/doc/apps/erts/erl_cmd.html
 */
export function erlangEnvironment(instance: Instance, { env }: Program): Record<string, string> {
  const folder = rabbitmqFolder(instance)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const common = serverEnv(instance)
  const path = env.BINDIR ? [programsOf(instance), env.BINDIR, common.PATH] : [common.PATH]
  return {
    ...common,
    ...env,
    PATH: path.join(':'),
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort(instance)),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_FLAGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
    ERL_CRASH_DUMP: join(folder, 'erl_crash.dump'),
  }
}

/** A folder with an `erl` that leaves to the environment where Erlang is; Debian's own is written for one place. */
function programsOf({ runDir }: Instance): string {
  const folder = join(runDir, 'erlang')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const erl = join(folder, 'erl')
  writePrivate(erl, '#!/bin/sh\nexec "$BINDIR/erlexec" "$@"\n')
  chmodSync(erl, 0o700)
  return folder
}

/**
 * For the server itself. All that it writes is in its folder, whatever the installation says; its node has a name that
 * does not depend on the machine, since its data are found by it.
 * https://www.rabbitmq.com/docs/configure#supported-environment-variables
 */
export function rabbitmqEnvironment(
  instance: Instance,
  program: Program,
  configuration: string,
): Record<string, string> {
  const folder = rabbitmqFolder(instance)
  const env = erlangEnvironment(instance, program)
  writePrivate(join(folder, '.erlang.cookie'), randomSecret())
  return {
    ...env,
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_CONFIG_FILE: configuration,
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'advanced.config'),
    RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'config'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PLUGINS_EXPAND_DIR: join(folder, 'plugins'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'feature_flags'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_MNESIA_DIR: join(folder, 'mnesia/shop'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_NODENAME: 'shop@localhost',
    RABBITMQ_DIST_PORT: String(nodePort(instance)),
    // its script gives its process to the server, instead of standing between
    RUNNING_UNDER_SYSTEMD: 'true',
  }
}
