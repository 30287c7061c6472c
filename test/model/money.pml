/*
 * The wallet's budget (docs/design.md#budget): two campaigns of one wallet, a third of another, a month that turns, an ADMIN who raises
 * a limit, answers, doubts that a person decides, and callbacks that return a cost or book it again (billing DELIVERED).
 *
 * A message costs 1. Each campaign has LEADS leads in one batch. A campaign's worker is never fenced here (dispatch.pml does that):
 * what is interleaved is everything that moves money.
 */
#ifndef LEADS
#define LEADS 2
#endif
#ifndef CLAIMS
#define CLAIMS 3
#endif
#ifndef TOP_UPS
#define TOP_UPS 1
#endif
#ifndef CALLBACKS
#define CALLBACKS 2
#endif

#define CAMPAIGNS 3
#define WALLETS 2
#define MONTHS 2
#define WALLET(c) ((c) / 2)
#define AT(w, m) ((w) * MONTHS + (m))
#define LEAD(c, n) ((c) * LEADS + (n))
#define ALL_LEADS (CAMPAIGNS * LEADS)

mtype = { PENDING, TAKEN, SENT, FAILED, IN_DOUBT, UNDELIVERED }

byte month;
/* By wallet and month. `ledger` is the sum of its entries; `extra` what callbacks have booked that had been returned. */
typedef Budget { byte limit; byte used; byte ledger; byte extra }
Budget budget[WALLETS * MONTHS];

/* A lead that is billed is paid by the month in which its batch was claimed. */
typedef Lead { mtype status; bool billed; byte paidBy }
Lead lead[ALL_LEADS];

/* A campaign that its budget does not pay for is FAILED until a person resumes it. */
bool failed[CAMPAIGNS];
byte claims, topUps, callbacks;

hidden byte i, n, spare;

#define taken(l) (lead[l].status == TAKEN)
#define pending(c) (lead[LEAD(c, 0)].status == PENDING || lead[LEAD(c, 1)].status == PENDING)
#define wasClaimed(l) (lead[l].paidBy != 255)

/* One statement changes the budget and writes its entry (ledger.ts). */
inline book(b, amount) {
  budget[b].used = budget[b].used + amount;
  budget[b].ledger = budget[b].ledger + amount
}
inline release(l) {
  lead[l].billed = false;
#ifdef RELEASE_TO_THE_CURRENT_MONTH
  budget[AT(lead[l].paidBy / MONTHS, month)].used--;
  budget[AT(lead[l].paidBy / MONTHS, month)].ledger--
#else
  budget[lead[l].paidBy].used--;
  budget[lead[l].paidBy].ledger--
#endif
}

/* The outcome of one lead. What was refused or not taken is paid back where it came from. */
inline settle(l) {
  if
  :: lead[l].status = SENT
  :: lead[l].status = FAILED; release(l)
  :: lead[l].status = PENDING; release(l)
#ifdef DOUBT_IS_RELEASED
  :: lead[l].status = IN_DOUBT; release(l)
#else
  :: lead[l].status = IN_DOUBT
#endif
  fi
}

proctype worker(byte c) {
  byte seen, b;

end_claim:
  do
  :: atomic {
       claims < CLAIMS && !failed[c] && pending(c) -> claims++;
       b = AT(WALLET(c), month)
     };
#ifdef RESERVE_IN_TWO_STEPS
     seen = budget[b].used;
#endif
     /* Claim: the reserve fits, or changes nothing. What does not fit is tried again with what is left. */
     d_step {
       n = 0;
       for (i : LEAD(c, 0) .. LEAD(c, LEADS - 1)) {
         if
         :: lead[i].status == PENDING -> n++
         :: else
         fi
       }
#ifndef RESERVE_IN_TWO_STEPS
       seen = budget[b].used;
#endif
       spare = (budget[b].limit > seen -> budget[b].limit - seen : 0);
       if
       :: n > spare && spare == 0 -> failed[c] = true; n = 0
       :: n > spare && spare > 0 -> n = spare
       :: else
       fi;
       if
       :: n > 0 ->
          book(b, n);
          for (i : LEAD(c, 0) .. LEAD(c, LEADS - 1)) {
            if
            :: n > 0 && lead[i].status == PENDING ->
               n--;
               lead[i].status = TAKEN;
               lead[i].billed = true;
               lead[i].paidBy = b
            :: else
            fi
          }
       :: else
       fi;
       seen = 0;
       skip
     };

     do
     :: atomic { taken(LEAD(c, 0)) -> settle(LEAD(c, 0)) }
     :: atomic { taken(LEAD(c, 1)) -> settle(LEAD(c, 1)) }
     :: !taken(LEAD(c, 0)) && !taken(LEAD(c, 1)) -> break
     od;
     b = 0
  od
}


/* A person decides about a doubt. */
inline decide(l) {
  atomic {
    lead[l].status == IN_DOUBT ->
    if
    :: lead[l].status = SENT
    :: lead[l].status = FAILED; release(l)
    :: lead[l].status = PENDING; release(l)
    fi
  }
}

/* Callbacks, in any order, with billing DELIVERED: a failure returns the cost, a delivery after that books it again. */
inline undelivered(l) {
  d_step {
#ifdef FAILURE_RETURNS_TWICE
    callbacks < CALLBACKS && (lead[l].status == SENT || lead[l].status == UNDELIVERED) ->
    callbacks++;
    lead[l].status = UNDELIVERED;
    release(l)
#else
    callbacks < CALLBACKS && lead[l].status == SENT && lead[l].billed ->
    callbacks++;
    lead[l].status = UNDELIVERED;
    release(l)
#endif
  }
}
/* Also about a message that was thought not sent: it was (docs/reliability.md, what a callback makes of a lead). */
inline delivered(l) {
  d_step {
    callbacks < CALLBACKS && (lead[l].status == UNDELIVERED || lead[l].status == FAILED || lead[l].status == IN_DOUBT) && wasClaimed(l) ->
    callbacks++;
    lead[l].status = SENT;
    if
#ifdef DELIVERY_BOOKS_AGAIN_ALWAYS
    :: true ->
#else
    :: !lead[l].billed ->
#endif
       lead[l].billed = true;
       book(lead[l].paidBy, 1);
       budget[lead[l].paidBy].extra++
    :: else
    fi;
    skip
  }
}

proctype outside() {
end_outside:
  do
  :: decide(0)
  :: decide(1)
  :: decide(LEAD(1, 0))
  :: decide(LEAD(1, 1))
  :: decide(LEAD(2, 0))
  :: decide(LEAD(2, 1))
  :: undelivered(0)
  :: undelivered(1)
  :: undelivered(LEAD(1, 0))
  :: undelivered(LEAD(2, 0))
  :: delivered(0)
  :: delivered(1)
  :: delivered(LEAD(1, 0))
  :: delivered(LEAD(2, 0))
  :: d_step { month == 0 -> month = 1 }
  :: d_step { topUps < TOP_UPS -> topUps++; budget[AT(0, month)].limit++ }
  :: d_step { failed[0] && topUps > 0 -> failed[0] = false }
  :: d_step { failed[1] && topUps > 0 -> failed[1] = false }
  od
}

#define agrees(b) (budget[b].used == budget[b].ledger && budget[b].used <= budget[b].limit + budget[b].extra)

/* c: used = ledger = billed messages that the month pays for, within the limit. */
proctype promises() {
end_promises:
  d_step {
    !(agrees(0) && agrees(1) && agrees(2) && agrees(3)) -> assert(false)
  }
}

/* The same per lead: counted at every step of any process, in one expression. */
#define paid(l, b) (lead[l].billed && lead[l].paidBy == b)
#define billedBy(b) (paid(0, b) + paid(1, b) + paid(2, b) + paid(3, b) + paid(4, b) + paid(5, b))
proctype books() {
end_books:
  d_step {
    !(budget[0].used == billedBy(0) && budget[1].used == billedBy(1) && budget[2].used == billedBy(2) && budget[3].used == billedBy(3)) ->
    assert(false)
  }
}

init {
  d_step {
    for (i : 0 .. ALL_LEADS - 1) {
      lead[i].status = PENDING;
      lead[i].paidBy = 255
    }
    for (i : 0 .. WALLETS * MONTHS - 1) {
      budget[i].limit = 3
    }
    skip
  }
  atomic {
    run worker(0);
    run worker(1);
    run worker(2);
    run outside();
    run promises();
    run books()
  }
}
