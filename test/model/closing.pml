/*
 * A closing that starts a run at the broker (docs/design.md#closing): it looks, stores what it saw, and only then runs; a look after
 * that decides what a run without an answer was. Two campaigns share one automation. Workers are killed, or frozen for any time.
 *
 * Time is counted in thirds of a lease. A run that was started is seen by every look from the next tick on: the time that a look must
 * wait before absence proves anything is longer (reconcile.ts).
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef RUNS
#define RUNS 3
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef STOPS
#define STOPS 1
#endif

#define CAMPAIGNS 2
#define NONE 255
/* Ticks after a doubt from which on absence is proof. */
#ifndef SETTLING
#define SETTLING 2
#endif

mtype = { PROCESSING, PAUSED, FINISHED }
mtype = { QUEUED, SENDING, TAKEN, DOUBTFUL, DONE }
mtype = { NOTHING, ACCEPTS, IS_SILENT, REFUSES }

/* The database. `mark` is what the look before the run saw: the number of runs that the automation had had; NONE: not begun. */
typedef Closing { mtype status; mtype campaign; byte attempt; byte mark; byte age }
Closing closing[CAMPAIGNS];

/* The broker: runs that have begun, those that a look shows, and for whom the last one was. */
byte begun, shown;
byte runsOf[CAMPAIGNS];

byte inFlight[WORKERS];
bool isLate[WORKERS];
mtype answer[WORKERS];
bool fresh[WORKERS];
byte claims, kills, stops;

hidden byte i;

#define other(c) (1 - c)
#define isHeldBy(c) (closing[c].status == SENDING || closing[c].status == TAKEN || closing[c].status == DOUBTFUL)

#ifdef NO_LOCK_PER_AUTOMATION
#define isAutomationBusy(c) false
#else
#define isAutomationBusy(c) isHeldBy(other(c))
#endif
#define claimable(c) (closing[c].status == QUEUED && closing[c].campaign == PROCESSING && !isAutomationBusy(c))
#ifdef SETTLES_WITHOUT_ATTEMPT
#define holds(c) (closing[c].status == SENDING)
#else
#define holds(c) (closing[c].status == SENDING && closing[c].attempt == attempt)
#endif

inline forget() {
  c = NONE;
  attempt = 0;
  seen = 0;
  fresh[me] = false
}

/* The answer to the run, fenced by the attempt (run.ts). A run that was taken is waited for until a look shows its end. */
inline settle() {
  d_step {
    if
    :: c != NONE && holds(c) ->
       if
       :: answer[me] == ACCEPTS -> closing[c].status = TAKEN; closing[c].age = 0
#ifdef SILENCE_IS_A_REFUSAL
       :: answer[me] == IS_SILENT -> closing[c].status = QUEUED
#else
       :: answer[me] == IS_SILENT -> closing[c].status = DOUBTFUL; closing[c].age = 0
#endif
       :: else -> closing[c].status = QUEUED
       fi
    :: else
    fi;
    forget()
  }
}

proctype worker(byte me) {
  byte c = NONE, attempt, seen;

end_idle:
  do
  :: d_step {
       claims < RUNS && (claimable(0) || claimable(1)) ->
       if
       :: claimable(0) -> c = 0
       :: else -> c = 1
       fi;
       claims++;
       closing[c].status = SENDING;
       closing[c].attempt++;
       closing[c].mark = NONE;
       closing[c].age = 0;
       attempt = closing[c].attempt
     };
     if
     :: d_step { kills < KILLS -> kills++; forget() }
     :: true ->
        /* The look before the run. */
        seen = shown;
#ifdef RUNS_BEFORE_THE_MARK_IS_STORED
        fresh[me] = true;
#else
        d_step {
          if
          :: holds(c) && closing[c].campaign == PROCESSING ->
             closing[c].mark = seen;
             closing[c].age = 0;
             fresh[me] = true
          :: else
          fi;
          skip
        };
#endif
        if
        :: d_step { kills < KILLS -> kills++; forget() }
        :: true ->
           answer[me] = REFUSES;
           if
           /* The run's request is written only soon after the mark's commit. */
#ifdef RUNS_AFTER_A_FREEZE
           :: atomic { inFlight[me] == NONE -> inFlight[me] = c; answer[me] = NOTHING }
#else
           :: atomic { fresh[me] && inFlight[me] == NONE -> inFlight[me] = c; answer[me] = NOTHING }
           :: !fresh[me]
#endif
           fi;
           if
           :: d_step { kills < KILLS -> kills++; forget() }
           :: answer[me] != NOTHING
           fi;
#ifdef RUNS_BEFORE_THE_MARK_IS_STORED
           d_step {
             if
             :: c != NONE && holds(c) -> closing[c].mark = seen
             :: else
             fi;
             skip
           };
#endif
           settle()
        fi
     fi
  od
}

/* a: two runs for one campaign would reach its recipients twice. */
inline start(c) {
  assert(runsOf[c] == 0);
  runsOf[c]++;
  begun++
}

/* The broker starts a run, or does not. */
inline arrive(w) {
  atomic {
    inFlight[w] != NONE ->
    if
    :: start(inFlight[w]); answer[w] = ACCEPTS
    :: start(inFlight[w]); answer[w] = IS_SILENT
    :: answer[w] = IS_SILENT
    :: answer[w] = REFUSES
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
  :: d_step { shown < begun -> shown++ }
  od
}

#define isYoung(c) ((closing[c].status == SENDING || closing[c].status == TAKEN || closing[c].status == DOUBTFUL) && closing[c].age < 3)

proctype clock() {
end_clock:
  do
  :: d_step {
       /* No request is older than a third of a lease, and no run stays unseen for longer. */
       !isLate[0] && !isLate[1] && shown == begun && (isYoung(0) || isYoung(1) || fresh[0] || fresh[1]) ->
       for (i : 0 .. WORKERS - 1) {
         fresh[i] = false;
         isLate[i] = inFlight[i] != NONE
       }
       for (i : 0 .. CAMPAIGNS - 1) {
         if
         :: isYoung(i) -> closing[i].age++
         :: else
         fi
       }
       skip
     }
  od
}

/* An expired lease: without a mark nothing was begun (requeueUnbegun). */
inline sweep(c) {
  d_step {
    closing[c].status == SENDING && closing[c].age >= 3 ->
    if
#ifdef SWEEP_REQUEUES_WHAT_WAS_BEGUN
    :: true -> closing[c].status = QUEUED
#else
    :: closing[c].mark == NONE -> closing[c].status = QUEUED
    :: else -> closing[c].status = DOUBTFUL; closing[c].age = 0
#endif
    fi;
    skip
  }
}

/* A later look (reconcile.ts). Another mark is a run; none, for long enough, is the proof that there was none. */
inline look(c) {
  d_step {
    (closing[c].status == TAKEN || closing[c].status == DOUBTFUL) &&
    (shown != closing[c].mark || closing[c].age >= SETTLING) ->
    if
    :: shown != closing[c].mark ->
       assert(runsOf[c] == 1); /* d: what it takes for the run of this campaign is its own */
       closing[c].status = DONE;
       closing[c].campaign = FINISHED
    :: else ->
       if
       :: closing[c].status == DOUBTFUL -> closing[c].status = QUEUED
       /* A run that was taken, and is not seen, is for a person, who finds at the broker that it has run or not. */
       :: else -> if
          :: runsOf[c] == 1 -> closing[c].status = DONE; closing[c].campaign = FINISHED
          :: else -> closing[c].status = QUEUED
          fi
       fi
    fi;
    skip
  }
}

proctype sweeper() {
end_sweeper:
  do
  :: sweep(0)
  :: sweep(1)
  :: look(0)
  :: look(1)
  od
}

proctype operator() {
end_operator:
  do
  :: d_step { stops < STOPS && closing[0].campaign == PROCESSING -> stops++; closing[0].campaign = PAUSED }
  :: d_step { closing[0].campaign == PAUSED -> closing[0].campaign = PROCESSING }
  od
}

/* b, d: where no process has a step left, both are done, and each has run once. */
proctype promises() {
  atomic {
    timeout ->
    assert(claims == RUNS || (closing[0].campaign == FINISHED && closing[1].campaign == FINISHED));
    assert(closing[0].campaign != FINISHED || runsOf[0] == 1);
    assert(closing[1].campaign != FINISHED || runsOf[1] == 1)
  }
}

init {
  d_step {
    for (i : 0 .. CAMPAIGNS - 1) {
      closing[i].status = QUEUED;
      closing[i].campaign = PROCESSING;
      closing[i].mark = NONE
    }
    for (i : 0 .. WORKERS - 1) {
      inFlight[i] = NONE
    }
    skip
  }
  atomic {
    run worker(0);
    run worker(1);
    run broker();
    run clock();
    run sweeper();
    run operator();
    run promises()
  }
}
