/*
 * Callbacks before, during and after a settle (docs/reliability.md, what a callback makes of a lead): one lead, its messages, an inbox
 * whose events come twice and in any order, and a person who may be wrong about a doubt.
 *
 * Leases and looks are dispatch.pml's: here a worker writes only while the lead is its attempt's.
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef CLAIMS
#define CLAIMS 3
#endif
#ifndef EVENTS
#define EVENTS 3
#endif
#ifndef RETRIES
#define RETRIES 1
#endif

mtype = { PENDING, TAKEN, SENT, DELIVERED, READ, FAILED, REFUSED, NOT_SENT, IN_DOUBT }
mtype = { NOTHING, ACCEPTS, REFUSES, IS_SILENT }

#define SENT_EVENT 1
#define DELIVERED_EVENT 2
#define READ_EVENT 4
#define FAILED_EVENT 8

/* The lead's row. `wasDoubted`: sent_at is set. */
mtype status = PENDING;
byte attempt;
bool wasDoubted, isDelivered, isRead;

/* Events that were answered with 200: those that are not applied yet, and all. */
byte inbox, stored;

/* The broker: how many messages it has accepted, and what it may report of them. */
byte accepted;
byte events, claims, retries;

/* An event was in the inbox when the lead was not in flight: no claim after that may take it before the event is applied. */
bool isReported;

#ifdef ANSWERED_BEFORE_IT_IS_STORED
byte kills;
#endif
hidden byte before;

/* A failure may follow an acceptance; nothing follows a delivery but a reading. */
#define rank(s) (s == READ -> 2 : (s == DELIVERED -> 1 : 0))
#define isTaken (status == SENT || status == DELIVERED || status == READ || status == FAILED || status == IN_DOUBT)

proctype worker() {
  byte mine;
  mtype answer;

end_idle:
  do
  :: d_step {
#ifdef CLAIM_IGNORES_THE_INBOX
       claims < CLAIMS && status == PENDING ->
#else
       claims < CLAIMS && status == PENDING && !(attempt > 0 && inbox) ->
#endif
       claims++;
       assert(!isReported); /* g: what is reported is not sent again */
       attempt++;
       mine = attempt;
       status = TAKEN
     };
     answer = NOTHING;
     if
     :: atomic {
          status == TAKEN && attempt == mine ->
          if
          :: accepted++; answer = ACCEPTS
          :: accepted++; answer = IS_SILENT
          :: answer = IS_SILENT
          :: answer = REFUSES
          fi
        }
     :: skip
     fi;
     if
     :: d_step {
#ifdef SETTLE_OVERWRITES
          attempt == mine ->
#else
          attempt == mine && status == TAKEN ->
#endif
          if
          :: answer == ACCEPTS -> status = SENT; wasDoubted = true
          :: answer == REFUSES -> status = REFUSED; wasDoubted = false
          :: answer == IS_SILENT -> status = IN_DOUBT; wasDoubted = true
          :: else -> status = PENDING
          fi;
          isReported = (status == PENDING && inbox)
        }
     /* Its lease had expired; or it is killed. */
     :: attempt != mine || status != TAKEN
     fi;
     mine = 0;
     answer = NOTHING
  od
}

proctype sweeper() {
end_sweeper:
  do
  :: d_step { status == TAKEN -> status = IN_DOUBT; wasDoubted = true }
  od
}

/* Right or wrong. */
proctype person() {
end_person:
  do
  :: d_step { status == IN_DOUBT -> status = SENT }
  :: d_step { status == IN_DOUBT -> status = NOT_SENT }
  :: d_step { status == IN_DOUBT -> status = PENDING; isReported = inbox != 0 }
  :: d_step {
       retries < RETRIES && (status == REFUSED || status == NOT_SENT || status == FAILED) ->
       retries++;
       if
       :: status == FAILED -> wasDoubted = false
       :: else
       fi;
       status = PENDING;
       isReported = inbox != 0
     }
  od
}

/* A broker reports what is true of a message, in any order, and repeats itself. */
inline report(event) {
  d_step {
    accepted > 0 && events < EVENTS ->
    events++;
#ifdef ANSWERED_BEFORE_IT_IS_STORED
    inbox = (kills < 1 -> inbox : inbox | event);
    kills = 1;
#else
    inbox = inbox | event;
#endif
    stored = stored | event;
    if
    :: status == PENDING && attempt > 0 -> isReported = true
    :: else
    fi;
    skip
  }
}

proctype broker() {
end_broker:
  do
  :: report(SENT_EVENT)
  :: report(DELIVERED_EVENT)
  :: report(READ_EVENT)
  :: report(FAILED_EVENT)
  od
}

/* The pure function of fold-events.ts. */
inline fold(found) {
  if
  :: isTaken || (attempt > 0 && (wasDoubted || (found & (DELIVERED_EVENT | READ_EVENT)))) ->
     isRead = isRead || (found & READ_EVENT);
     isDelivered = isDelivered || isRead || (found & DELIVERED_EVENT);
#ifdef LAST_EVENT_WINS
     status = ((found & FAILED_EVENT) -> FAILED : ((found & READ_EVENT) -> READ : ((found & DELIVERED_EVENT) -> DELIVERED : SENT)))
#else
     status = (isRead -> READ : (isDelivered -> DELIVERED : (((found & FAILED_EVENT) || status == FAILED) -> FAILED : SENT)))
#endif
  :: else
  fi
}

proctype applier() {
  byte found;

end_applier:
  do
#ifdef REMOVED_BEFORE_IT_IS_APPLIED
  :: d_step { inbox && attempt > 0 && status != TAKEN -> found = inbox; inbox = 0 }
     if
     :: true
     :: found = 0
     fi;
     d_step {
#else
  :: d_step {
       inbox && attempt > 0 && status != TAKEN ->
       found = inbox;
       inbox = 0;
#endif
       before = rank(status);
       fold(found);
       assert(rank(status) >= before); /* g: forward only */
       found = 0;
       isReported = false
     }
#ifdef DROPS_WHAT_COMES_WHILE_SENDING
  :: d_step { inbox && status == TAKEN -> inbox = 0 }
#endif
  od
}

/* g: where no process has a step left, nothing waits, and what was reported stands. */
proctype promises() {
  atomic {
    timeout ->
    assert(inbox == 0);
    assert(!(stored & READ_EVENT) || status == READ);
    assert(!(stored & DELIVERED_EVENT) || status == READ || status == DELIVERED);
    assert(status != TAKEN && status != IN_DOUBT);
    assert(claims == CLAIMS || status != PENDING)
  }
}

init {
  atomic {
    run worker();
    run worker();
#if WORKERS > 2
    run worker();
#endif
    run sweeper();
    run person();
    run broker();
    run applier();
    run promises()
  }
}
