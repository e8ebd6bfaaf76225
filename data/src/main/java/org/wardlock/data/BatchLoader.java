package org.wardlock.data;

import java.util.Optional;

/**
 * Turns a data set into batches, epoch by epoch. What a batch holds is a function of the seed, the
 * epoch and the batch's number alone: not of the number of workers, nor of where an epoch was
 * started.
 *
 * <pre>{@code
 * var loader = BatchLoader.builder(dataset).batchSize(128).shuffle(true).seed(7).build();
 * try (BatchStream batches = loader.epoch(0)) {
 *   while (batches.hasNext()) {
 *     Batch batch = batches.next();
 *     // ... upload it ...
 *     loader.recycle(batch);
 *   }
 * }
 * }</pre>
 *
 * <p>Threads exist only while an epoch is open. Safe for any number of threads, each with its own
 * epoch.
 */
public final class BatchLoader {
  private final Dataset dataset;
  private final PicturePath path;
  private final BatchPool pool;
  private final int batchSize;
  private final boolean shuffle;
  private final boolean dropLast;
  private final int workers;
  private final int readAhead;
  private final long seed;

  private BatchLoader(Builder builder) {
    this.dataset = builder.dataset;
    this.path = new PicturePath(dataset, builder.preprocess, builder.augmentation, builder.seed);
    this.batchSize = builder.batchSize;
    this.shuffle = builder.shuffle;
    this.dropLast = builder.dropLast;
    this.workers = builder.workers;
    this.readAhead = builder.readAhead;
    this.seed = builder.seed;
    boolean moved = builder.movesOnDevice && path.moves();
    this.pool = new BatchPool(batchSize, path.shape(), moved, readAhead + 1);
    if (batches() == 0) {
      throw new DataException(
          "%d pictures do not fill one batch of %d, and incomplete batches are dropped: lower the batch size"
              .formatted(dataset.size(), batchSize));
    }
  }

  /** A loader of all pictures in their order, one at a time, unless told otherwise. */
  public static Builder builder(Dataset dataset) {
    return new Builder(dataset);
  }

  /** Pictures in a batch; the last of an epoch may hold fewer. */
  public int batchSize() {
    return batchSize;
  }

  /** The number of batches in an epoch. */
  public int batches() {
    return dropLast ? dataset.size() / batchSize : Math.ceilDiv(dataset.size(), batchSize);
  }

  /** The number of pictures in an epoch's batches. */
  public int pictures() {
    return dropLast ? batches() * batchSize : dataset.size();
  }

  /** What order, crops and flips depend on, beside epoch and picture. */
  public long seed() {
    return seed;
  }

  /** The shape of every picture in every batch. */
  public PictureShape shape() {
    return path.shape();
  }

  /** The batches of an epoch. */
  public BatchStream epoch(int epoch) {
    return epoch(epoch, 0);
  }

  /**
   * The batches of an epoch from one on, equal to those that a whole epoch gives.
   *
   * @param epoch from 0
   * @param firstBatch from 0 to {@link #batches()}, which gives none
   */
  public BatchStream epoch(int epoch, int firstBatch) {
    if (epoch < 0 || firstBatch < 0 || firstBatch > batches()) {
      throw new IllegalArgumentException(
          "batch loader: epoch %d, batch %d: expected an epoch from 0 and a batch from 0 to %d"
              .formatted(epoch, firstBatch, batches()));
    }
    var plan = new EpochPlan(epoch, order(epoch), batchSize, pictures());
    var filler = new BatchFiller(dataset, path, plan);
    return BatchStream.start(plan, firstBatch, filler, pool, readAhead, workers);
  }

  /**
   * Takes a batch back: its arrays become a later batch. Nobody may read it any more. What is not
   * given back is left to the garbage collector.
   */
  public void recycle(Batch batch) {
    pool.put(batch);
  }

  private int[] order(int epoch) {
    if (shuffle) {
      return RandomOrder.of(dataset.size(), Purpose.EPOCH_ORDER.stream(seed, epoch));
    }
    int[] order = new int[dataset.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    return order;
  }

  /** How batches are made. */
  public static final class Builder {
    private final Dataset dataset;
    private Optional<Preprocess> preprocess = Optional.empty();
    private Augmentation augmentation = Augmentation.NONE;
    private boolean movesOnDevice;
    private int batchSize = 1;
    private boolean shuffle;
    private boolean dropLast;
    private int workers = 1;
    private int readAhead = 3;
    private long seed;

    private Builder(Dataset dataset) {
      this.dataset = dataset;
    }

    /** Pictures in a batch; the last of an epoch may hold fewer. */
    public Builder batchSize(int size) {
      this.batchSize = positive("batch size", size);
      return this;
    }

    /** Whether each epoch has a random order of its own. Otherwise it is the data set's. */
    public Builder shuffle(boolean wanted) {
      this.shuffle = wanted;
      return this;
    }

    /** Whether an incomplete last batch is left out. */
    public Builder dropLast(boolean wanted) {
      this.dropLast = wanted;
      return this;
    }

    /** What order, crops and flips depend on, beside epoch and picture. */
    public Builder seed(long wanted) {
      this.seed = wanted;
      return this;
    }

    /** The size to bring pictures to; needed where they differ in size. */
    public Builder preprocess(Preprocess wanted) {
      this.preprocess = Optional.of(wanted);
      return this;
    }

    /** What chance does to each picture. */
    public Builder augmentation(Augmentation wanted) {
      this.augmentation = wanted;
      return this;
    }

    /**
     * Whether padded crops and flips are left to the device: batches then say how to move their
     * pictures ({@link Batch#moves}). The pictures are the same.
     */
    public Builder movesOnDevice(boolean wanted) {
      this.movesOnDevice = wanted;
      return this;
    }

    /** How many threads decode. */
    public Builder workers(int count) {
      this.workers = positive("number of workers", count);
      return this;
    }

    /** How many batches may be ready or in work ahead of the one that is asked for. */
    public Builder readAhead(int batches) {
      this.readAhead = positive("read-ahead", batches);
      return this;
    }

    /**
     * The loader.
     *
     * @throws DataException if the pictures differ in size and no preprocessing is given, or if an
     *     epoch would have no batch
     */
    public BatchLoader build() {
      return new BatchLoader(this);
    }

    private static int positive(String name, int value) {
      if (value < 1) {
        throw new IllegalArgumentException(
            "batch loader: " + name + " " + value + " must be at least 1");
      }
      return value;
    }
  }
}
