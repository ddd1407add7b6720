// Copyright 2026 The Larder Authors. SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

// Every limit of the program that an operator cannot set, in one place and computed where one
// follows from another. docs/limits.md says what happens at each.
namespace larder::limits {

constexpr std::size_t KiB = 1024;
constexpr std::size_t MiB = 1024 * KiB;
constexpr std::size_t GiB = 1024 * MiB;

// ---- memcached protocol
constexpr std::size_t kMaxKeyBytes = 250;
constexpr std::size_t kMaxLineBytes = 2048;          // buffered without a line end; then closed
constexpr std::size_t kMaxGetLineBytes = 8 * MiB;    // the same for lines of `get ` and `gets `
constexpr std::size_t kMaxLeadingSpaces = 100;       // before `get `, while looking for it
constexpr std::size_t kMaxMetaTokens = 20;           // flags of one meta command
constexpr std::size_t kMaxOpaqueBytes = 32;          // its flag letter included
constexpr std::size_t kMaxValueBytes = 1 * GiB;      // the largest -I
constexpr std::size_t kMinItemLimitBytes = 1 * KiB;  // the smallest -I
constexpr std::int64_t kMaxRelativeExptimeS = 60 * 60 * 24 * 30;
constexpr std::size_t kMaxPrefixes = 64 * KiB;    // that `stats detail` counts
constexpr std::size_t kMaxWatchers = 20;          // connections that `watch`
constexpr std::size_t kWatcherBytes = 256 * KiB;  // of lines for one that does not read them
constexpr std::int64_t kWatchRetryMs = 20;        // when its outbox is full
constexpr std::size_t kShowsPerTurn = 16;         // steps of a dump; then other sessions run

// ---- Arcus protocol
constexpr std::size_t kMaxArcusKeyBytes = 16'000;
constexpr std::size_t kMaxElementBytes = 32 * KiB;    // its line end included; and see config
constexpr std::size_t kMaxFieldBytes = 250;           // the name of an element of a map
constexpr std::size_t kMaxPrefixBytes = 250;          // of flush_prefix and dump
constexpr std::size_t kMaxArcusLineBytes = 24 * KiB;  // of get and gets: kMaxGetLineBytes
constexpr std::size_t kFewLeadingBytes = 1 * KiB;     // up to here a line may begin with any blanks
constexpr std::size_t kMaxArcusWords = 28;            // of a line that is no command's
constexpr std::size_t kMaxMgetKeys = 10'000;
constexpr std::size_t kMaxBopMgetKeys = 200;
constexpr std::size_t kMaxBopMgetElements = 50;  // of each key
constexpr std::size_t kMaxSmgetKeys = 10'000;
constexpr std::size_t kMaxSmgetElements = 2000;  // those that are skipped included
constexpr std::size_t kMaxCachedumpItems = 200;  // all items are looked at, so many are told
constexpr std::size_t kMaxSopGetElements = 1000;
constexpr std::size_t kMaxPwgElements = 100;   // on either side
constexpr std::size_t kMaxFilterValues = 100;  // in the list of an eflag filter
constexpr std::size_t kMaxCursorBytes = 31;    // of scan
constexpr std::size_t kMaxPatternBytes = 64;   // of scan: `match`
constexpr std::size_t kMaxPatternStars = 4;
constexpr std::uint32_t kMaxScanCount = 2000;      // keys or prefixes that scan asks for
constexpr std::size_t kScanVisits = 4;             // places of an index for each of those keys
constexpr std::size_t kScanKeyBytes = 512 * KiB;   // looked at for a page; then it ends early
constexpr std::size_t kDumpWriteBytes = 64 * KiB;  // of lines of a dump's file at once
constexpr std::size_t kCommandLogBytes = 4 * MiB;  // of lines that the disk has not taken yet
constexpr std::size_t kCommandLogFileBytes = 10'000'000;  // of one file; then the next begins
constexpr std::size_t kCommandLogFiles = 10;              // then the log ends
constexpr std::size_t kMaxLoggedBytes = 400;              // of a command
constexpr std::size_t kLongQuerySamples = 20;             // of each command
constexpr std::uint32_t kMaxShutdownS = 600;              // from `shutdown` to the end
constexpr std::int64_t kAdaptiveShutdownMs = 2000;        // at most, while clients leave
constexpr std::int64_t kShutdownLookMs = 200;             // between two looks at how many there are

// ---- clients that have to say who they are
constexpr std::size_t kMaxLoginBytes = 16 * KiB;  // user and password, as they are sent
constexpr std::size_t kMaxMechanismBytes = 32;    // the name of one of SASL
constexpr std::size_t kMaxSaslSteps = 256;        // that wait for libsasl; more are refused
constexpr std::size_t kMaxPasswordBytes = 254;    // of a user and a password in a file
constexpr std::size_t kMaxPasswords = 1024;       // of a file: every login looks at all
constexpr std::size_t kMaxPasswordFileBytes = 1 * MiB;

// ---- HTTP
constexpr std::size_t kMaxHeadBytes = 32 * KiB;    // of a request or a response: 431, 502
constexpr std::size_t kUsualHeadBytes = 512;       // room that is made for one that is written
constexpr std::size_t kMaxTargetBytes = 16 * KiB;  // 414
constexpr std::size_t kMaxFields = 200;            // of a head: 431
constexpr std::size_t kMaxTrailerBytes = 8 * KiB;
constexpr std::size_t kMaxChunkLineBytes = 256;      // a chunk's size with its extensions
constexpr std::size_t kMaxRanges = 32;               // of a request; more are overlooked
constexpr std::uint32_t kMaxStreams = 128;           // of an HTTP/2 connection, at a time
constexpr unsigned kMaxInterimResponses = 32;        // 1xx, before a response: 502
constexpr std::size_t kBodyPullBytes = 64 * KiB;     // of a request's body for an origin, at once
constexpr std::size_t kDrainBodyBytes = 64 * KiB;    // of a response that nobody wants any more
constexpr std::size_t kRefillBytes = 64 * KiB;       // unsent of a full outbox: pull more
constexpr std::size_t kPartBytes = 256 * KiB;        // of a body that is filled or stored in parts
constexpr std::size_t kFillWindowBytes = 256 * KiB;  // ahead of the slowest reader
constexpr std::int64_t kFillStallMs = 1000;          // it takes nothing, and others wait: cut
constexpr std::size_t kInlineBodyBytes = 32 * KiB;   // up to here a body lies behind its head
constexpr std::size_t kFinishedFillBytes = 256 * KiB;   // missing: filled although nobody reads
constexpr std::size_t kMaxProxyPrefaceBytes = 4 * KiB;  // of PROXY version 2, with its TLVs
constexpr std::size_t kMaxVariants = 32;        // of a URL; the next one replaces the oldest
constexpr std::size_t kMaxVarySets = 4;         // of Vary names of a URL; the same
constexpr std::size_t kMaxVaryBytes = 1 * KiB;  // of names; a response with more is not stored
constexpr unsigned kObjectTries = 64;           // to change what others change meanwhile
constexpr std::int64_t kUseWindowMs = 600'000;  // in which requests count for min_uses
constexpr std::size_t kPartsAtOnce = 8;         // looked for, and asked of an origin together
constexpr std::size_t kQueuedFills = 16 * KiB;  // of a site that wait for their turn; then: 503
constexpr std::size_t kLogRingBytes = 1 * MiB;  // of lines of a loop that a log has not written
constexpr std::int64_t kLogPauseMs = 20;        // between two looks of its writer
constexpr std::int64_t kLogFlushMs = 1000;      // at the end, for who takes nothing
constexpr std::size_t kLogRepeats = 64;         // texts of an error log that it knows again
constexpr std::uint32_t kLogRepeatLines = 3;    // of the same text, in such a time:
constexpr std::int64_t kLogRepeatMs = 10'000;
constexpr std::size_t kMaxErrorLineBytes = 2 * KiB;
constexpr std::size_t kHashPoints = 160;  // of a server on a ring, for each of its weight
constexpr unsigned kMaxHashWeight = 100;  // of a server on a ring
constexpr unsigned kMaxServerWeight = 1'000'000;
constexpr std::size_t kMaxServers = 1024;              // of an upstream, with all their addresses
constexpr std::int64_t kMinResolveMs = 1000;           // between two questions for a name
constexpr std::int64_t kMaxResolveMs = 3'600'000;      // the same, whatever its records say
constexpr std::int64_t kResolveRetryMs = 5000;         // after one without an answer
constexpr std::int64_t kIdleConnectionCheckMs = 1000;  // of origins: for those that idle too long
constexpr std::size_t kRateKeys = 64 * KiB;            // of rate limits, known at a time: 3 MiB
constexpr std::size_t kRateShards = 64;
constexpr std::size_t kRateWays = 16;                  // places of which a key may have one
constexpr std::size_t kMemcachedValueBytes = 8 * MiB;  // of a node; a longer one is not read
constexpr std::size_t kMemcachedLoopBytes = 64 * MiB;  // of all such values of a loop
constexpr std::size_t kMemcachedLinks = 64;            // of a loop with a node
constexpr std::size_t kMemcachedWaiting = 1024;        // look-ups that wait for one of them
constexpr std::int64_t kMemcachedIdleMs = 60'000;      // that one is kept
constexpr std::int64_t kMemcachedRetryMs = 2000;       // without a look-up, after one has failed
constexpr std::size_t kMaxRewrites = 10;      // of a request from one policy to another: 500
constexpr std::int64_t kMaxDelayMs = 60'000;  // that a rate limit makes a request wait

// ---- the edge's configuration, and nginx'
constexpr std::size_t kMaxConfigBytes = 16 * MiB;  // of a file
constexpr std::size_t kMaxConfigDepth = 32;        // of objects, lists and blocks in each other
// ---- bodies that the edge makes
constexpr int kCompressWindowBits = 18;                // of brotli and zstd: 256 KiB of a stream
constexpr std::size_t kCompressChunkBytes = 16 * KiB;  // of output of a stream
constexpr std::size_t kCompressReadBytes = 64 * KiB;   // of its input at once
constexpr std::size_t kFilePieceBytes = 256 * KiB;     // of a file that is read at once
constexpr std::size_t kSmallFileBytes = 64 * KiB;      // read by the same step that opens it

// ---- UDP
constexpr std::size_t kMaxDatagramBytes = 1400;       // of a reply, its frame's head included
constexpr std::size_t kDatagramRoomBytes = 64 * KiB;  // received at once: none is longer
constexpr std::size_t kDatagramsPerTurn = 64;         // received from one socket
constexpr std::size_t kDatagramsPerSend = 32;         // of a reply; then others have their turn
constexpr std::size_t kOpenDatagrams = 64;      // of a socket, not answered yet: receive no more
constexpr std::int64_t kDatagramStallMs = 100;  // the kernel takes nothing: a reply is cut off

// ---- a connection
constexpr std::size_t kReceiveBufferBytes = 16 * KiB;  // one provided buffer of a loop's ring
constexpr std::size_t kReceiveBuffers = 64;            // of a loop's ring; a power of two
constexpr std::size_t kPauseReceiveBytes = 64 * KiB;   // unread in an Inbox: stop receiving
constexpr std::size_t kWaitBlockBytes = 16 * KiB;      // a larger value is stored as it arrives
constexpr std::size_t kDirectReceiveBytes = 4 * KiB;   // missing of such a value: read in place
constexpr std::size_t kBehindBytes = 64;               // taken with the end of a value: \r\n, more
constexpr std::size_t kShortReadBytes = 2 * KiB;       // one read where large values are expected
constexpr std::size_t kShortReads = 8;                 // so many expect one after the last came
constexpr std::size_t kOutboxChunkBytes = 16 * KiB;    // replies are copied into such chunks
constexpr std::size_t kIdleOutboxChunks = 64;          // kept by a loop for the next reply, if
constexpr std::int64_t kIdleChunkMs = 1000;            // one was needed in such a time
constexpr std::size_t kFullOutboxBytes = 256 * KiB;    // unsent: wait before answering more
constexpr std::size_t kSendPieces = 64;                // of an outbox in one send
constexpr std::size_t kPinReplyBytes = 8 * KiB;        // from here a value is sent in place
constexpr std::size_t kFrozenBytes = 32 * KiB;         // from here one may be sent without a copy
constexpr std::size_t kSplicePipeBytes = 1 * MiB;      // of such bytes in one send
constexpr std::size_t kBatchKeys = 32;                 // of a get, prefetched together
constexpr std::size_t kBatchCommands = 32;             // parsed ahead, prefetched together
constexpr std::size_t kPipedCommands = 500;            // of Arcus' `pipe`, answered together
constexpr std::size_t kMaxGatheredBytes = 16 * MiB;    // a list of keys or fields in a request
constexpr std::int64_t kNoProgressS = 60;              // a reader that takes nothing is cut
constexpr std::int64_t kIdleCheckMs = 1000;            // with idle_timeout: all are looked at
constexpr std::int64_t kLingerMs = 5000;               // from the last reply until the close
constexpr std::int64_t kShutdownGraceMs = 5000;        // from SIGTERM until connections are cut

// ---- TLS
constexpr std::size_t kTlsRecordBytes = 16 * KiB;  // of plain bytes: the most that TLS allows
constexpr std::size_t kTlsPlainBytes = 64 * KiB;   // decrypted before the session sees them
constexpr std::size_t kTlsUnsentBytes = 64 * KiB;  // of records: encrypt no more until some went
constexpr std::size_t kHandshakesPerTurn = 4;      // steps of them: some milliseconds with RSA
constexpr std::size_t kHandshakeBytes = 16 * KiB;  // kept for its next step; then stop receiving
constexpr std::int64_t kHandshakeMs = 10'000;      // that the peer may take for one
constexpr std::size_t kTlsSessions = 20 * KiB;     // kept for clients that take no tickets
constexpr std::size_t kTlsOriginSessions = 1024;   // of names, to resume; then all are forgotten

// ---- HTTP connections that are served
constexpr std::size_t kMaxUnreadBodyBytes = 64 * KiB;  // of a request's, skipped for the next one
constexpr std::int64_t kHttpTickMs = 250;              // deadlines are looked at
constexpr std::size_t kIdleHttpSessions = 16;          // kept by a thread for the next request
constexpr std::size_t kHttp2StreamBytes = 64 * KiB;    // of a request's body that nobody pulled yet
constexpr std::size_t kHttp2BodyBytes = 1 * MiB;       // the same of a whole connection
constexpr std::size_t kHttp2HeadTimes = 4;  // over the bound of a head: its stream is reset at once
constexpr std::size_t kHttp2Acks = 128;     // of PING and SETTINGS, that a client does not read
constexpr std::int64_t kHttp2CalmMs = 10'000;   // in such a time a connection may have
constexpr std::uint32_t kHttp2Resets = 400;     // streams reset, or
constexpr std::uint32_t kHttp2Controls = 4000;  // frames that carry nothing; or it is to be calm

// ---- names
constexpr std::int64_t kResolveTimeoutMs = 1000;  // of a name server's answer; the next one twice
constexpr int kResolveTries = 3;                  // of all name servers

// ---- a loop
constexpr std::size_t kLoopUnreadBytes = 64 * MiB;  // above: who has over kPauseReceiveBytes is cut
constexpr std::size_t kLoopOutboxBytes = 64 * MiB;  // above: an outbox is full with one chunk
constexpr unsigned kUringEntries = 1024;            // submissions of one turn
constexpr unsigned kUringCompletions = 8 * kUringEntries;
constexpr unsigned kRegisteredFiles = 64 * 1024;      // at most; more go by plain descriptor
constexpr std::size_t kEpollEvents = 512;             // taken in one turn
constexpr std::size_t kEpollReceiveBytes = 64 * KiB;  // one read
constexpr std::size_t kSendsPerTurn = 16;             // of one connection, that return at once
constexpr std::int64_t kLostEndCheckMs = 5000;        // io_uring: for ends that were not told
constexpr std::int64_t kLongTurnMs = 8;               // a session lets others run
constexpr std::uint8_t kSendsBeforeSlot = 8;          // io_uring: of a connection that stays
constexpr std::size_t kIdleHeaders = 64;              // io_uring: kept by a loop, of each kind
constexpr std::size_t kAcceptsPerTurn = 64;           // of one listener
constexpr std::int64_t kAcceptRetryMs = 10;           // after running out of descriptors

// ---- the store
constexpr std::size_t kPageBytes = 64 * KiB;
constexpr std::size_t kLeastArenaBytes = 64 * GiB;  // of addresses, so that -m can be raised
constexpr std::size_t kTrimmedPages = 8;            // returned to the system at once
constexpr std::size_t kBytesPerShard = 64 * MiB;    // of -m
constexpr std::size_t kFewShards = 4;               // up to here one for each:
constexpr std::size_t kBytesPerFewShard = 16 * MiB;
constexpr std::size_t kMaxShards = 1024;
constexpr std::size_t kGhostFraction = 100;               // of -m at most: one percent
constexpr std::size_t kMaxContiguousBytes = 8 * KiB - 1;  // of a value: longer ones lie in extents
constexpr std::size_t kFirstExtentBytes = kPageBytes;  // short, for not all that is declared comes
constexpr std::size_t kMaxExtentBytes = 1 * MiB;
constexpr std::size_t kMaxSpanBytes = 32 * MiB;    // of such a value behind each other
constexpr std::uint8_t kReadsToFreeze = 8;         // of a long value: new memory costs some copies
constexpr std::size_t kExtentPageLooks = 16;       // for a free piece, before a page is taken
constexpr std::size_t kPageLooks = 256;            // for dead bytes, at a time
constexpr std::size_t kReclaimedBlocks = 32;       // of collections that are gone, at a time
constexpr std::size_t kBlocksAtOnce = 256;         // the same, when nobody holds a lock meanwhile
constexpr std::size_t kReclaims = 8;               // such steps before a block is refused
constexpr std::size_t kIndexLinesAtOnce = 32;      // moved to a table that fits better
constexpr std::size_t kShownLines = 8;             // of an index, of a walk over all items
constexpr std::size_t kItemsAtOnce = 256;          // of a page reclaimed, or looked at to evict
constexpr std::size_t kFruitlessEvictions = 8;     // then what was used goes as well
constexpr std::size_t kMostEvictions = 4096;       // for one operation; then it is refused
constexpr std::int64_t kFlushedPrefixMs = 10'000;  // that one is known without items (Arcus)
constexpr std::size_t kFlushedPrefixes = 4096;     // of a shard, whose items are being reclaimed
constexpr std::size_t kMappedBlockBytes = 128 * KiB;  // from here malloc asks the system
constexpr std::uint64_t kMaxFreedItems = 1'000'000;   // at the end; more are left to the system

// ---- a store in a file (-e)
constexpr std::size_t kWarmSparePages = 16;    // beyond -m, for items that are moved together
constexpr std::size_t kWarmFewSpans = 256;     // of a long value; further ones are whole pages
constexpr std::size_t kWarmThreads = 16;       // that read the file at the start, at most
constexpr std::int64_t kStampsAheadMs = 1000;  // of cas numbers, noted before they are given

// ---- what nobody waits for
constexpr std::size_t kTendPieces = 4;            // of it, in as many turns of a loop
constexpr std::int64_t kTendBusyMs = 3;           // from then to the next ones: a tick of its clock
constexpr std::int64_t kTendIdleMs = 250;         // when there was none
constexpr std::size_t kLimitStepBytes = 1 * MiB;  // evicted at once when -m is lowered

// ---- larder kv
constexpr std::size_t kCopyBatchKeys = 100;       // asked for together
constexpr std::size_t kCopyBatchBytes = 8 * MiB;  // of items; then a batch ends

// ---- larder bench
constexpr std::size_t kMaxReplyLineBytes = 2048;  // of a server: without a line end
constexpr std::int64_t kNoReplyMs = 10'000;       // of a server that owes some: given up
constexpr std::size_t kMaxLoadConnections = 60'000;
constexpr std::size_t kMaxLoadThreads = 64;
constexpr std::size_t kMaxLoadDepth = 64 * 1024;  // requests of a connection in flight
constexpr std::size_t kMaxLoadMultiget = 10'000;  // keys of one request
constexpr std::size_t kLoadFillDepth = 64;        // sets in flight while keys are filled
constexpr std::uint64_t kMaxFillRounds = 10'000;
constexpr std::size_t kMaxReplayDepth = 1000;       // requests of a batch
constexpr std::size_t kReplayBatchBytes = 1 * MiB;  // of its values; then it ends
constexpr std::size_t kMaxTraceLineBytes = 4 * KiB;
constexpr std::size_t kTraceReadBytes = 256 * KiB;  // of a trace's file at once

}  // namespace larder::limits
