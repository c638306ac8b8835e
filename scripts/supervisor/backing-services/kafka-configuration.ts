export interface KafkaConfiguration {
  port: number
  controllerPort: number
  folder: string
  user: string
  password: string
}

/** How many events of a topic an app handles side by side at most, and how many replicas can share them. */
const partitions = 6

/**
 * One node that is broker and controller, and takes nobody without the password.
 *
 * SASL/PLAIN, whose users are in this file: a password can be new each run. Those of SCRAM are among Kafka's own data,
 * written when that is made, and later by who can log in already. Over loopback both are as safe.
 * https://kafka.apache.org/39/documentation.html#brokerconfigs
 */
export function kafkaConfiguration(options: KafkaConfiguration): string {
  const { port, controllerPort, folder, user, password } = options
  const login =
    'org.apache.kafka.common.security.plain.PlainLoginModule required ' +
    `username="${user}" password="${password}" user_${user}="${password}";`
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=CLIENT://127.0.0.1:${port}
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
inter.broker.listener.name=CLIENT
controller.listener.names=CONTROLLER
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.mechanism.controller.protocol=PLAIN
listener.name.client.plain.sasl.jaas.config=${login}
listener.name.controller.sasl.enabled.mechanisms=PLAIN
listener.name.controller.plain.sasl.jaas.config=${login}
log.dirs=${folder.replaceAll('\\', '\\\\')}

# topics come with the first that publishes or subscribes
auto.create.topics.enable=true
num.partitions=${partitions}

# what all replicas have is what this one has
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1

# an event that was accepted survives kill -9 of the server at once, and the loss of power after a second
log.flush.interval.ms=1000
log.flush.scheduler.interval.ms=1000

# a group begins at once, and goes on soon after one of its members or this server was killed
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=1000
broker.session.timeout.ms=4000

# of a laptop
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
`
}

/** Of Kafka 3: what is worth knowing, to standard output. Later ones have it from a property of Java. */
export const kafkaLogging = `log4j.rootLogger=WARN, stdout
log4j.logger.kafka.server.KafkaRaftServer=INFO
log4j.appender.stdout=org.apache.log4j.ConsoleAppender
log4j.appender.stdout.layout=org.apache.log4j.PatternLayout
log4j.appender.stdout.layout.ConversionPattern=%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %p %c: %m%n
`
