/*
 * Claim, send, settle (docs/design.md#claim-send-settle): workers that are killed, or frozen for any time, a sweeper, and people who
 * pause, resume, cancel, retry, and decide about leads in doubt after they have looked at the broker.
 *
 * One campaign of LEADS leads, planned as one batch, at a one-message broker. A d_step or an atomic is one transaction, one write to
 * a connection, or one step of the broker; between two of them any process may run. A worker that takes no step is frozen.
 *
 * Time is counted in quarters of a lease. A look allows a write for less than a quarter, and only in the lease's first half; a
 * request has arrived or is lost within half a lease of its write, because the adapters' timeouts are shorter.
 *
 * A mutant is a macro (models.ts): the model without one of its rules. Each must break a promise.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef LEADS
#define LEADS 2
#endif
/* How often each of these happens, at most. */
#ifndef CLAIMS
#define CLAIMS 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef STOPS
#define STOPS 1
#endif
#ifndef RETRIES
#define RETRIES 1
#endif

#define BATCHES (LEADS + 2)
#define NONE 255
#define ALL ((1 << LEADS) - 1)
#define HAS(set, n) (((set) >> (n)) & 1)
#define ONE(n) (1 << (n))

mtype = { PROCESSING, PAUSED, CANCELLED, FINISHED }
mtype = { UNPLANNED, QUEUED, SENDING, DONE, DOUBTFUL }
mtype = { PENDING, TAKEN, SENT, FAILED, IN_DOUBT }
mtype = { ACCEPTS, REFUSES, IS_SILENT }

/* The database. `holder` is the batch that has claimed a lead last. A range is a set of leads. */
mtype campaign = PROCESSING;
typedef Batch { mtype status; byte attempt; byte range; byte age }
Batch batch[BATCHES];
typedef Lead { mtype status; byte holder }
Lead lead[LEADS];

/* The broker: whether it has accepted each lead. */
bool accepted[LEADS];

/* A worker's request on its way, whether a quarter of a lease has passed since its write, and what its worker hears of it. */
byte inFlight[WORKERS];
bool isLate[WORKERS];
mtype answer[WORKERS];
/* The worker's last look allows a write. */
bool fresh[WORKERS];

/* A stop is acknowledged after a tick: then no look from before its commit allows a write (docs/reliability.md, e). */
bool isStopAsked, isStopAcknowledged;

byte claims, kills, stops, retries;

/* Not part of the state: each step sets them before it reads them. */
hidden byte i, j, k, set, slot;
hidden byte isOpen;

#define isStopped (campaign == PAUSED || campaign == CANCELLED)
#define isYoung(n) (batch[n].status == SENDING && batch[n].age < 4)
#define isAnyFailed (lead[0].status == FAILED || lead[1].status == FAILED || lead[LEADS - 1].status == FAILED)
#define isAnyQueued (batch[0].status == QUEUED || batch[1].status == QUEUED || batch[2].status == QUEUED || batch[BATCHES - 1].status == QUEUED)
#define isTo(b) (batch[b].status == QUEUED || batch[b].status == SENDING)

/* PENDING leads of `within` become a batch (plan.ts, replan.ts). @param covers those too that an open batch has in its range */
inline plan(within, covers) {
  set = 0;
  slot = NONE;
  for (i : 0 .. LEADS - 1) {
    isOpen = false;
    for (j : 0 .. BATCHES - 1) {
      if
      :: !covers && HAS(batch[j].range, i) && isTo(j) -> isOpen = true
      :: else
      fi
    }
    if
    :: HAS(within, i) && lead[i].status == PENDING && !isOpen -> set = set | ONE(i)
    :: else
    fi
  }
  for (j : 0 .. BATCHES - 1) {
    if
    :: batch[j].status == UNPLANNED || batch[j].status == DONE -> slot = j
    :: else
    fi
  }
  if
  :: set != 0 ->
     assert(slot != NONE);
     batch[slot].status = QUEUED;
     batch[slot].range = set
  :: else
  fi
}

/* FINISHED where nothing is open (finish.ts). What is only in doubt is not open. */
inline finishIfDone() {
  isOpen = false;
  for (j : 0 .. BATCHES - 1) {
    if
    :: batch[j].status == QUEUED -> isOpen = true
#ifndef FINISH_FORGETS_SENDING
    :: batch[j].status == SENDING -> isOpen = true
#endif
    :: else
    fi
  }
  for (i : 0 .. LEADS - 1) {
    if
    :: lead[i].status == PENDING -> isOpen = true
#ifndef FINISH_FORGETS_SENDING
    :: lead[i].status == TAKEN -> isOpen = true
#endif
    :: else
    fi
  }
  if
  :: !isOpen && (campaign == PROCESSING || campaign == PAUSED) -> campaign = FINISHED
  :: else
  fi
}

/* A cancelled campaign keeps nothing that is still to be sent (cancel-writes.ts). */
inline cancelRest() {
  for (j : 0 .. BATCHES - 1) {
    if
    :: batch[j].status == QUEUED -> batch[j].status = DONE
    :: else
    fi
  }
  for (i : 0 .. LEADS - 1) {
    if
    :: lead[i].status == PENDING -> lead[i].status = FAILED
    :: else
    fi
  }
}

/* A batch is DONE once none of its leads is in doubt. */
inline endDoubt() {
  for (j : 0 .. BATCHES - 1) {
    isOpen = false;
    for (i : 0 .. LEADS - 1) {
      if
      :: lead[i].status == IN_DOUBT && lead[i].holder == j -> isOpen = true
      :: else
      fi
    }
    if
    :: batch[j].status == DOUBTFUL && !isOpen -> batch[j].status = DONE
    :: else
    fi
  }
}

/* ---- A worker ---- */

/* What it knows: the leads that it has claimed, and those of them whose request was accepted, refused, or got no answer. */
#define unwritten (mine & ~(yes | no | silent | sending))
#define isHolder (batch[b].status == SENDING && batch[b].attempt == attempt)

inline forget() {
  b = NONE;
  attempt = 0;
  mine = 0;
  yes = 0;
  no = 0;
  silent = 0;
  sending = 0;
  fresh[me] = false
}

proctype worker(byte me) {
  byte b = NONE, attempt, mine, yes, no, silent, sending;

end_idle:
  atomic {
    claims < CLAIMS && campaign == PROCESSING && isAnyQueued ->
    if
    :: batch[0].status == QUEUED -> b = 0
    :: batch[1].status == QUEUED -> b = 1
    :: batch[2].status == QUEUED -> b = 2
#if BATCHES > 3
    :: batch[3].status == QUEUED -> b = 3
#endif
    fi;
    claims++
  }
#ifdef CLAIM_IN_TWO_STEPS
  true;
#endif
  /* Claim: one transaction. Of the batch's range, the leads that are PENDING. It counts as a look. */
  d_step {
    if
#ifdef CLAIM_IN_TWO_STEPS
    :: campaign == PROCESSING ->
#else
    :: batch[b].status == QUEUED && campaign == PROCESSING ->
#endif
       for (i : 0 .. LEADS - 1) {
         if
#ifdef CLAIM_BY_RANGE
         :: HAS(batch[b].range, i) ->
#else
         :: HAS(batch[b].range, i) && lead[i].status == PENDING ->
#endif
            mine = mine | ONE(i);
            lead[i].status = TAKEN;
            lead[i].holder = b
         :: else
         fi
       }
       batch[b].attempt++;
       batch[b].age = 0;
       attempt = batch[b].attempt;
       if
       :: mine != 0 -> batch[b].status = SENDING; fresh[me] = true
       :: else -> batch[b].status = DONE; finishIfDone()
       fi
    :: else
    fi;
    if
    :: mine == 0 -> forget()
    :: else
    fi;
    skip
  }
  if
  :: b == NONE -> goto end_idle
  :: else
  fi;

  do
  /* What a killed worker has written goes on; what it knew is lost. */
  :: d_step { kills < KILLS -> kills++; forget() }; goto end_idle

  /* A look (permit.ts), where the last one is stale. One that forbids ends the batch. */
  :: d_step {
       unwritten && !sending && !fresh[me] && inFlight[me] == NONE ->
       fresh[me] = true;
#ifndef LOOK_IGNORES_THE_LEASE
       if
       :: !(isHolder && batch[b].age < 2) -> fresh[me] = false
       :: else
       fi;
#endif
#ifndef LOOK_IGNORES_A_STOP
       if
       :: campaign != PROCESSING -> fresh[me] = false
       :: else
       fi;
#endif
       i = 0
     };
     if
     :: fresh[me]
     :: else -> break
     fi

  /* The write of a request, in one step with the check of the last look. */
  :: atomic {
#ifdef WRITE_AFTER_A_STALE_LOOK
       unwritten && !sending && inFlight[me] == NONE ->
#else
       unwritten && !sending && inFlight[me] == NONE && fresh[me] ->
#endif
       assert(!(isStopAcknowledged && isStopped)); /* e */
       if
       :: HAS(unwritten, 0) -> inFlight[me] = 0
       :: HAS(unwritten, 1) -> inFlight[me] = 1
#if LEADS > 2
       :: HAS(unwritten, 2) -> inFlight[me] = 2
#endif
       fi;
       sending = ONE(inFlight[me]);
       isLate[me] = false
     }
  :: d_step {
       sending && inFlight[me] == NONE ->
       if
       :: answer[me] == ACCEPTS -> yes = yes | sending
       :: answer[me] == REFUSES -> no = no | sending
       :: else -> silent = silent | sending
       fi;
       sending = 0
     }
  /* The batch ends: all is answered, or the rest is not written now (a broker that refuses for a while, a drain). */
  :: !sending -> break
  od;

  if
  :: d_step { kills < KILLS -> kills++; forget() }

  /* Settle: one transaction, fenced by the attempt (settle.ts). */
#ifdef SETTLE_WITHOUT_FENCE
  :: d_step { true ->
#else
  :: d_step { isHolder ->
#endif
       isOpen = false;
       for (i : 0 .. LEADS - 1) {
         if
         :: HAS(mine, i) && lead[i].status == TAKEN ->
            if
            :: HAS(yes, i) -> lead[i].status = SENT
            :: HAS(no, i) -> lead[i].status = FAILED
#ifdef SILENCE_IS_A_REFUSAL
            :: HAS(silent, i) -> lead[i].status = PENDING
#else
            :: HAS(silent, i) -> lead[i].status = IN_DOUBT; isOpen = true
#endif
            :: else -> lead[i].status = PENDING
            fi
         :: else
         fi
       }
       batch[b].status = (isOpen -> DOUBTFUL : DONE);
       k = batch[b].range;
       plan(k, true);
       if
       :: campaign == CANCELLED -> cancelRest()
       :: else -> finishIfDone()
       fi;
       forget()
     }
#ifndef SETTLE_WITHOUT_FENCE
  /* Late: what it knows ends the doubt about its own attempt, and nothing else (settle-late.ts). */
  :: d_step { !isHolder ->
       for (i : 0 .. LEADS - 1) {
         if
#ifdef LATE_SETTLE_WITHOUT_ATTEMPT
         :: HAS(mine, i) && lead[i].status == IN_DOUBT ->
#else
         :: HAS(mine, i) && lead[i].status == IN_DOUBT && lead[i].holder == b && batch[b].attempt == attempt ->
#endif
            if
            :: HAS(yes, i) -> lead[i].status = SENT
            :: HAS(no, i) -> lead[i].status = FAILED
            :: HAS(silent, i)
            :: else -> lead[i].status = (campaign == FINISHED || campaign == CANCELLED -> FAILED : PENDING)
            fi
         :: else
         fi
       }
       endDoubt();
       forget()
     }
#endif
  fi;
  goto end_idle
}

/* ---- The broker, time, the sweeper, people ---- */

inline arrive(w) {
  atomic {
    inFlight[w] != NONE ->
    if
    :: assert(!accepted[inFlight[w]]) /* a */; accepted[inFlight[w]] = true; answer[w] = ACCEPTS
    :: assert(!accepted[inFlight[w]]) /* a */; accepted[inFlight[w]] = true; answer[w] = IS_SILENT
    :: answer[w] = REFUSES
    :: answer[w] = IS_SILENT
    fi;
    inFlight[w] = NONE;
    isLate[w] = false
  }
}

proctype broker() {
end_broker:
  do
  :: arrive(0)
  :: arrive(1)
#if WORKERS > 2
  :: arrive(2)
#endif
  od
}

proctype clock() {
end_clock:
  do
  :: d_step {
       /* No request is older than half a lease. */
       !isLate[0] && !isLate[1] && !isLate[WORKERS - 1] &&
       (isStopAsked || fresh[0] || fresh[1] || fresh[WORKERS - 1] || isYoung(0) || isYoung(1) || isYoung(2) || isYoung(BATCHES - 1)) ->
       for (i : 0 .. WORKERS - 1) {
         fresh[i] = false;
         isLate[i] = inFlight[i] != NONE
       }
       for (j : 0 .. BATCHES - 1) {
         if
         :: isYoung(j) -> batch[j].age++
         :: else
         fi
       }
       if
       :: isStopAsked -> isStopAsked = false; isStopAcknowledged = true
       :: else
       fi;
       skip
     }
  od
}

#ifdef SWEEP_TOO_EARLY
#define isExpired(n) (batch[n].status == SENDING && batch[n].age >= 1)
#else
#define isExpired(n) (batch[n].status == SENDING && batch[n].age >= 4)
#endif

/* Its messages may have been sent (sweep.ts). */
inline expire(n) {
  d_step {
    isExpired(n) ->
    for (i : 0 .. LEADS - 1) {
      if
#ifdef SWEEP_SENDS_AGAIN
      :: lead[i].status == TAKEN && lead[i].holder == n -> lead[i].status = PENDING
#else
      :: lead[i].status == TAKEN && lead[i].holder == n -> lead[i].status = IN_DOUBT
#endif
      :: else
      fi
    }
    batch[n].status = DOUBTFUL;
    endDoubt();
    k = batch[n].range;
    plan(k, true);
    if
    :: campaign == CANCELLED -> cancelRest()
    :: else -> finishIfDone()
    fi;
    skip
  }
}

#define isPending(n) (lead[n].status == PENDING)
#define isAnyPending (isPending(0) || isPending(1) || isPending(LEADS - 1))
#define isAnyTaken (lead[0].status == TAKEN || lead[1].status == TAKEN || lead[LEADS - 1].status == TAKEN)
#define isAnyOpen (isTo(0) || isTo(1) || isTo(2) || isTo(BATCHES - 1))

proctype sweeper() {
end_sweeper:
  do
  :: expire(0)
  :: expire(1)
  :: expire(2)
#if BATCHES > 3
  :: expire(3)
#endif
#ifndef SWEEP_DOES_NOT_PLAN
  :: d_step { campaign == PROCESSING && !isAnyOpen && isAnyPending -> plan(ALL, false); skip }
#endif
  :: d_step { (campaign == PROCESSING || campaign == PAUSED) && !isAnyOpen && !isAnyPending && !isAnyTaken -> finishIfDone(); skip }
  od
}

inline stop(how) {
  stops++;
  campaign = how;
#ifdef ACKNOWLEDGED_AT_ITS_COMMIT
  isStopAcknowledged = true
#else
  isStopAsked = true
#endif
}

proctype operator() {
end_operator:
  do
  :: d_step { stops < STOPS && campaign == PROCESSING -> stop(PAUSED); skip }
  :: d_step { stops < STOPS && (campaign == PROCESSING || campaign == PAUSED) -> stop(CANCELLED); cancelRest(); skip }
  :: d_step { campaign == PAUSED -> campaign = PROCESSING; isStopAsked = false; isStopAcknowledged = false; plan(ALL, false); finishIfDone(); skip }
  /* Failed leads are sent again, after another approval. */
  :: d_step {
       retries < RETRIES && (campaign == FINISHED || campaign == PAUSED) && isAnyFailed ->
       retries++;
       for (i : 0 .. LEADS - 1) {
         if
         :: lead[i].status == FAILED -> lead[i].status = PENDING
#ifdef RETRY_TAKES_DOUBT
         :: lead[i].status == IN_DOUBT -> lead[i].status = PENDING
#endif
         :: else
         fi
       }
       campaign = PROCESSING;
       isStopAsked = false;
       isStopAcknowledged = false;
       plan(ALL, false);
       skip
     }
  od
}

/* Looks at the broker and decides. */
inline decide(n) {
  d_step { lead[n].status == IN_DOUBT && accepted[n] -> lead[n].status = SENT; endDoubt(); skip }
}
inline decideAgainst(n) {
  d_step { lead[n].status == IN_DOUBT && !accepted[n] -> lead[n].status = FAILED; endDoubt(); skip }
}
inline sendAgain(n) {
  d_step {
    lead[n].status == IN_DOUBT && !accepted[n] && campaign != CANCELLED ->
    lead[n].status = PENDING;
    endDoubt();
    if
    :: campaign == FINISHED -> campaign = PROCESSING
    :: else
    fi;
    if
    :: campaign == PROCESSING -> plan(ALL, false)
    :: else
    fi;
    skip
  }
}

proctype person() {
end_person:
  do
  :: decide(0)
  :: decide(1)
  :: decideAgainst(0)
  :: decideAgainst(1)
  :: sendAgain(0)
  :: sendAgain(1)
#if LEADS > 2
  :: decide(2)
  :: decideAgainst(2)
  :: sendAgain(2)
#endif
  od
}

/* ---- The promises ---- */

proctype promises() {
  do
  /* d */
  :: atomic { campaign == FINISHED && (isAnyOpen || isAnyPending || isAnyTaken) -> assert(false) }
  /* a: what the broker has accepted is not to be sent again. */
  :: atomic { accepted[0] && isPending(0) || accepted[1] && isPending(1) || accepted[LEADS - 1] && isPending(LEADS - 1) -> assert(false) }
  /* b: where no process has a step left, every lead has its end. */
  :: atomic {
       timeout ->
       assert(claims == CLAIMS || campaign == FINISHED || campaign == CANCELLED);
       for (i : 0 .. LEADS - 1) {
         assert(claims == CLAIMS || lead[i].status == SENT || lead[i].status == FAILED);
         assert(lead[i].status != TAKEN && lead[i].status != IN_DOUBT)
       }
     };
     break
  od
}

init {
  d_step {
    for (i : 0 .. LEADS - 1) {
      lead[i].status = PENDING;
      lead[i].holder = NONE
    }
    for (j : 0 .. BATCHES - 1) {
      batch[j].status = UNPLANNED
    }
    batch[0].status = QUEUED;
    batch[0].range = ALL;
    for (i : 0 .. WORKERS - 1) {
      inFlight[i] = NONE
    }
    skip
  }
  atomic {
    run worker(0);
    run worker(1);
#if WORKERS > 2
    run worker(2);
#endif
    run broker();
    run clock();
    run sweeper();
    run operator();
    run person();
    run promises()
  }
}
