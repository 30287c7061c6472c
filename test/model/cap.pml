/*
 * The frequency cap (docs/design.md#frequency-cap): one message per phone and per document in 24 hours, across campaigns, and what is
 * given back where a message was not sent.
 *
 * Three leads of three campaigns: 0 and 1 have one phone, 0 and 2 one document. NO_CAP is a lead whose campaign lifts the cap: it is
 * sent in any case, and recorded for the others. A tick is 24 hours: every message before it is too old to count.
 */
#ifndef CLAIMS
#define CLAIMS 5
#endif
#ifndef TICKS
#define TICKS 1
#endif
#ifndef RETRIES
#define RETRIES 2
#endif
#ifndef NO_CAP
#define NO_CAP 2
#endif

#define LEADS 3
#define KEYS 3
#define NONE 255
/* Key 0 is the phone of 0 and 1, key 1 the document of 0 and 2, key 2 the phone of 2. */
#define HAS_KEY(l, k) ((k == 0 && l != 2) || (k == 1 && l != 1) || (k == 2 && l == 2))

mtype = { PENDING, TAKEN, SENT, FAILED, IN_DOUBT, CAPPED }

mtype status[LEADS] = PENDING;
/* The row of a key: whether it was taken within 24 hours, by which lead, and whether an earlier message is behind that one. */
typedef Contact { bool isHeld; byte by; bool before }
Contact contact[KEYS];

/* The broker: the messages of the last 24 hours to each key that it has accepted, and whether one of them was under the cap. */
byte heard[KEYS];
bool heardCapped[KEYS];
/* Whether each lead's last message reached the broker, in these 24 hours. */
bool arrived[LEADS];
byte claims, ticks, retries;

hidden byte k, taken;

inline release(l) {
  for (k : 0 .. KEYS - 1) {
    if
#ifdef RELEASES_ROWS_OF_OTHERS
    :: HAS_KEY(l, k) ->
#else
    :: HAS_KEY(l, k) && contact[k].by == l ->
#endif
#ifdef RELEASE_FORGETS_EARLIER
       contact[k].isHeld = false;
#else
       contact[k].isHeld = contact[k].before;
#endif
       contact[k].before = false
    :: else
    fi
  }
}

/* All of its rows or none; a row that another lead holds is not taken. */
inline take(l) {
  taken = true;
  for (k : 0 .. KEYS - 1) {
    if
#ifdef DOCUMENT_IS_NOT_CHECKED
    :: HAS_KEY(l, k) && k != 1 && contact[k].isHeld && contact[k].by != l && l != NO_CAP -> taken = false
#else
    :: HAS_KEY(l, k) && contact[k].isHeld && contact[k].by != l && l != NO_CAP -> taken = false
#endif
    :: else
    fi
  }
  for (k : 0 .. KEYS - 1) {
    if
    :: taken && HAS_KEY(l, k) ->
       /* f: nor after a message that was not under the cap. */
       assert(l == NO_CAP || heard[k] == 0);
       contact[k].before = contact[k].isHeld;
       contact[k].isHeld = true;
       contact[k].by = l
    :: else
    fi
  }
}

/* f: of the leads under the cap, one message to a key in 24 hours. */
inline hear(l) {
  d_step {
    for (k : 0 .. KEYS - 1) {
      if
      :: HAS_KEY(l, k) ->
         heard[k]++;
         if
         :: l != NO_CAP -> assert(!heardCapped[k]); heardCapped[k] = true
         :: else
         fi
      :: else
      fi
    }
    arrived[l] = true
  }
}

proctype worker(byte me) {
end_idle:
  do
  :: atomic {
       claims < CLAIMS && status[me] == PENDING -> claims++
     };
     /* Claim. */
#ifdef CHECKS_AND_TAKES_APART
     atomic {
       taken = !(me == 1 && contact[0].isHeld && contact[0].by != 1);
       if
       :: taken
       :: else -> status[me] = CAPPED
       fi
     };
     d_step {
       for (k : 0 .. KEYS - 1) {
         if
         :: status[me] == PENDING && HAS_KEY(me, k) -> contact[k].isHeld = true; contact[k].by = me
         :: else
         fi
       }
       if
       :: status[me] == PENDING -> status[me] = TAKEN
       :: else
       fi;
       skip
     };
#else
     d_step {
       take(me);
       status[me] = (taken -> TAKEN : CAPPED)
     };
#endif
     /* Send and settle. */
     if
     :: status[me] == TAKEN ->
        if
        :: atomic { hear(me); status[me] = SENT }
        :: atomic { hear(me); status[me] = IN_DOUBT
#ifdef DOUBT_IS_GIVEN_BACK
           ; release(me)
#endif
           }
        :: d_step { status[me] = IN_DOUBT; k = 0 }
        :: d_step { status[me] = FAILED; release(me); skip }
        fi
     :: else
     fi
  od
}

inline decide(l) {
  if
  :: arrived[l] -> status[l] = SENT
  :: else -> status[l] = FAILED; release(l)
  fi;
  l = 0
}

/* Decides about a doubt after a look at the broker. A retry sends what failed, or was held back, again. */
proctype person() {
  byte l;
end_person:
  do
  :: atomic { status[0] == IN_DOUBT -> l = 0; decide(l) }
  :: atomic { status[1] == IN_DOUBT -> l = 1; decide(l) }
  :: atomic { status[2] == IN_DOUBT -> l = 2; decide(l) }
  :: d_step { retries < RETRIES && (status[0] == FAILED || status[0] == CAPPED) -> retries++; status[0] = PENDING }
  :: d_step { retries < RETRIES && (status[1] == FAILED || status[1] == CAPPED) -> retries++; status[1] = PENDING }
  :: d_step { retries < RETRIES && (status[2] == FAILED || status[2] == CAPPED) -> retries++; status[2] = PENDING }
  od
}

/* A day goes by, while nothing is in flight: a claim's times are its requests' own. */
proctype clock() {
end_clock:
  do
  :: d_step {
       ticks < TICKS && status[0] != TAKEN && status[1] != TAKEN && status[2] != TAKEN ->
       ticks++;
       for (k : 0 .. KEYS - 1) {
         contact[k].isHeld = false;
         contact[k].before = false;
         heard[k] = 0;
         heardCapped[k] = false
       }
       skip
     }
  od
}

/*
 * Where no process has a step left, a key is held by a message that reached the broker today, and by no other. A row that a lead
 * without a cap took over may stay held for its 24 hours although neither was sent: it is not known to the row who held it before.
 */
proctype promises() {
  byte n;
  atomic {
    timeout ->
    for (n : 0 .. KEYS - 1) {
      assert(NO_CAP != NONE || !contact[n].isHeld || heard[n] > 0);
      assert(contact[n].isHeld || heard[n] == 0)
    }
  }
}

init {
  d_step {
    for (k : 0 .. KEYS - 1) {
      contact[k].by = NONE
    }
    skip
  }
  atomic {
    run worker(0);
    run worker(1);
    run worker(2);
    run person();
    run clock();
    run promises()
  }
}
