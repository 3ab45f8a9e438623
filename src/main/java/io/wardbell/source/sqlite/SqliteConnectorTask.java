package io.wardbell.source.sqlite;

import io.debezium.bean.StandardBeanNames;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.config.Field;
import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.connector.base.DefaultQueueProvider;
import io.debezium.connector.common.BaseSourceTask;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.common.DebeziumHeaderProducer;
import io.debezium.heartbeat.HeartbeatFactory;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.ErrorHandler;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.metrics.DefaultChangeEventSourceMetricsFactory;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.source.spi.ChangeEventSourceFactory;
import io.debezium.pipeline.source.spi.SnapshotChangeEventSource;
import io.debezium.pipeline.source.spi.SnapshotProgressListener;
import io.debezium.pipeline.source.spi.StreamingChangeEventSource;
import io.debezium.pipeline.spi.Offsets;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.TableId;
import io.debezium.schema.SchemaFactory;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.debezium.util.Clock;
import io.wardbell.source.sqlite.wal.LiveDatabase;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Puts the parts together for one run. Started and stopped by Debezium's engine or by Kafka
/// Connect, which need it to be public.
public final class SqliteConnectorTask
    extends BaseSourceTask<SqlitePartition, SqliteOffsetContext> {
  private @Nullable SqliteConnectorConfig config;
  private @Nullable CdcSourceTaskContext<SqliteConnectorConfig> taskContext;
  private volatile @Nullable ChangeEventQueue<DataChangeEvent> queue;
  private volatile @Nullable ErrorHandler errorHandler;
  private @Nullable LiveDatabase database;
  private @Nullable SqliteSchema schema;

  @Override
  public String version() {
    return SqliteConnectorConfig.version();
  }

  @Override
  protected String connectorName() {
    return SqliteConnectorConfig.NAME;
  }

  @Override
  protected Iterable<Field> getAllConfigurationFields() {
    return SqliteConnectorConfig.ALL_FIELDS;
  }

  @Override
  public CdcSourceTaskContext<SqliteConnectorConfig> preStart(Configuration settings) {
    SqliteConnectorConfig read = new SqliteConnectorConfig(settings);
    config = read;
    CdcSourceTaskContext<SqliteConnectorConfig> made =
        new CdcSourceTaskContext<>(settings, read, read.getCustomMetricTags());
    taskContext = made;
    return made;
  }

  @Override
  @SuppressWarnings("unchecked")
  protected ChangeEventSourceCoordinator<SqlitePartition, SqliteOffsetContext> start(
      Configuration settings) {
    SqliteConnectorConfig now = Objects.requireNonNull(config);
    CdcSourceTaskContext<SqliteConnectorConfig> task = Objects.requireNonNull(taskContext);
    Clock clock = Clock.system();
    registerServiceProviders(now.getServiceRegistry());
    TopicNamingStrategy<TableId> topics =
        now.getTopicNamingStrategy(CommonConnectorConfig.TOPIC_NAMING_STRATEGY);
    SqliteSchema tables =
        new SqliteSchema(
            now,
            task,
            topics,
            now.getServiceRegistry().tryGetService(CustomConverterRegistry.class));
    schema = tables;
    Offsets<SqlitePartition, SqliteOffsetContext> previous =
        getPreviousOffsets(SqlitePartition.provider(now), new SqliteOffsetContext.Loader(now));
    registerBeans(settings, now, tables, previous);
    now.getBeanRegistry().add(StandardBeanNames.CDC_SOURCE_TASK_CONTEXT, task);
    ChangeEventQueue<DataChangeEvent> events = queue(now, task);
    queue = events;
    ErrorHandler errors = new ErrorHandler(SqliteConnector.class, now, events, errorHandler);
    errorHandler = errors;
    SqliteEventMetadataProvider metadata = new SqliteEventMetadataProvider();
    EventDispatcher<SqlitePartition, TableId> dispatcher =
        new EventDispatcher<>(
            now,
            topics,
            tables,
            events,
            now.getTableFilters().dataCollectionFilter(),
            DataChangeEvent::new,
            metadata,
            new HeartbeatFactory<TableId>().getScheduledHeartbeat(now, null, null, events),
            now.schemaNameAdjuster(),
            now.getServiceRegistry().tryGetService(DebeziumHeaderProducer.class));
    LiveDatabase opened = SqliteReader.open(now, clock);
    database = opened;
    SqliteReader reader = new SqliteReader(now, opened, tables, dispatcher, clock);
    NotificationService<SqlitePartition, SqliteOffsetContext> notifications =
        new NotificationService<>(
            getNotificationChannels(), now, SchemaFactory.get(), dispatcher::enqueueNotification);
    ChangeEventSourceCoordinator<SqlitePartition, SqliteOffsetContext> coordinator =
        new ChangeEventSourceCoordinator<>(
            previous,
            errors,
            SqliteConnector.class,
            now,
            new Sources(reader),
            new DefaultChangeEventSourceMetricsFactory<>(),
            dispatcher,
            tables,
            null,
            notifications,
            null);
    coordinator.start(task, events, metadata);
    return coordinator;
  }

  private static void registerBeans(
      Configuration settings,
      SqliteConnectorConfig config,
      SqliteSchema schema,
      Offsets<SqlitePartition, SqliteOffsetContext> previous) {
    config.getBeanRegistry().add(StandardBeanNames.CONFIGURATION, settings);
    config.getBeanRegistry().add(StandardBeanNames.CONNECTOR_CONFIG, config);
    config.getBeanRegistry().add(StandardBeanNames.DATABASE_SCHEMA, schema);
    config.getBeanRegistry().add(StandardBeanNames.OFFSETS, previous);
  }

  private static ChangeEventQueue<DataChangeEvent> queue(
      SqliteConnectorConfig config, CdcSourceTaskContext<SqliteConnectorConfig> context) {
    return new ChangeEventQueue.Builder<DataChangeEvent>()
        .pollInterval(config.getPollInterval())
        .maxBatchSize(config.getMaxBatchSize())
        .maxQueueSize(config.getMaxQueueSize())
        .maxQueueSizeInBytes(config.getMaxQueueSizeInBytes())
        .queueProvider(new DefaultQueueProvider<>(config.getMaxQueueSize()))
        .loggingContextSupplier(() -> context.configureLoggingContext("sqlite-connector-task"))
        .build();
  }

  /// Makes the two sources, which share one reader.
  private record Sources(SqliteReader reader)
      implements ChangeEventSourceFactory<SqlitePartition, SqliteOffsetContext> {
    @Override
    public SnapshotChangeEventSource<SqlitePartition, SqliteOffsetContext>
        getSnapshotChangeEventSource(
            SnapshotProgressListener<SqlitePartition> progress,
            NotificationService<SqlitePartition, SqliteOffsetContext> notifications) {
      return new SqliteSnapshotChangeEventSource(reader, progress, notifications);
    }

    @Override
    public StreamingChangeEventSource<SqlitePartition, SqliteOffsetContext>
        getStreamingChangeEventSource() {
      return new SqliteStreamingChangeEventSource(reader);
    }
  }

  @Override
  protected List<SourceRecord> doPoll() throws InterruptedException {
    ChangeEventQueue<DataChangeEvent> events = Objects.requireNonNull(queue);
    return events.poll().stream().map(DataChangeEvent::getRecord).toList();
  }

  @Override
  protected Optional<ErrorHandler> getErrorHandler() {
    return Optional.ofNullable(errorHandler);
  }

  @Override
  protected void doStop() {
    if (database != null) {
      database.close();
      database = null;
    }
    if (schema != null) {
      schema.close();
      schema = null;
    }
  }
}
