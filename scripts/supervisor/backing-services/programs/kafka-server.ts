import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf } from '../../../../dapr/install/errors.ts'
import { hasMavenJars, obtainMavenJars } from '../../../../dapr/install/maven-jars.ts'
import type { Program, ProgramSource } from '../../infrastructure/server.ts'
import { ShopError } from '../../shop-error.ts'
import { findJava, type Java } from './java.ts'
import lock from './kafka-jars.txt' with { type: 'text' }

const jars = { name: 'kafka-3.9.1', lock }

/** The oldest Java that Kafka 4 runs on; 3.9 would run on an older one. */
const oldestJava = 17

/**
 * A Java that has Kafka on its class path: an installed one (KAFKA_HOME, or where the kafka-server-start of the PATH is),
 * or its artifacts of Maven Central, fetched into the user's cache.
 */
export const kafkaServer: ProgramSource = {
  name: 'Kafka',
  async look() {
    const java = await findJava()
    if (!isNewEnough(java)) return { is: 'missing', what: javaFound(java), fix: waysToGet }
    const installed = installedLibraries()
    if (installed) return { is: 'here', what: installed }
    if (await hasMavenJars(jars)) return { is: 'here', what: `${jars.name} in the cache` }
    return { is: 'obtainable', what: `${jars.name} of Maven Central`, takes: 'less than a minute and 48 MB' }
  },
  async obtain({ report, signal }) {
    const java = await findJava()
    if (!isNewEnough(java)) {
      throw new ShopError(`Kafka needs Java ${oldestJava} or newer: ${javaFound(java)}. ${waysToGet}`)
    }
    const installed = installedLibraries()
    if (installed) return programOf(java, installed)
    try {
      return programOf(java, await obtainMavenJars(jars, { report, signal }))
    } catch (error) {
      signal.throwIfAborted()
      throw new ShopError(`${messageOf(error)}\n${waysToGet}`, { cause: error })
    }
  },
}

function isNewEnough(java: Java | undefined): java is Java {
  return java !== undefined && java.version >= oldestJava
}

function javaFound(java: Java | undefined): string {
  if (java !== undefined) return `${java.path} is Java ${java.version}`
  return 'no java that runs, neither in JAVA_HOME nor on the PATH'
}

function programOf({ path }: Java, libraries: string): Program {
  return { path, env: { CLASSPATH: join(libraries, '*') } }
}

/** The folder of its jars. Homebrew's scripts are in `bin`, and all that is Kafka in `libexec`. */
export function installedLibraries(
  env: Record<string, string | undefined> = process.env,
): string | undefined {
  const { KAFKA_HOME, PATH = '' } = env
  const script = Bun.which('kafka-server-start.sh', { PATH }) ?? Bun.which('kafka-server-start', { PATH })
  const home = KAFKA_HOME || (script && dirname(dirname(realpathSync(script))))
  if (!home) return undefined
  const folders = ['libs', 'libexec/libs'].map(folder => join(home, folder))
  return folders.find(folder => existsSync(folder) && readdirSync(folder).some(isServer))
}

function isServer(file: string): boolean {
  return /^kafka_2\.\d+-.*\.jar$/.test(file)
}

const waysToGet = `Install Java ${oldestJava} (brew install openjdk, apt install openjdk-17-jre-headless), which is all that is missing where
Maven Central can be reached; install Kafka (brew install kafka, or unpack its download and set KAFKA_HOME); or start
one, as components/kafka/README.md says for Docker, and give it:
  export SHOP_KAFKA_BROKERS=127.0.0.1:9092 SHOP_KAFKA_USER=shop SHOP_KAFKA_PASSWORD=PASSWORD`
