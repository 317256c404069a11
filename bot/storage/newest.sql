CREATE TABLE account_sessions (
	secret_hash VARCHAR NOT NULL,
	account_id INTEGER NOT NULL,
	opened_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL,
	CONSTRAINT fk_account_sessions_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT pk_account_sessions PRIMARY KEY (secret_hash)
);
CREATE TABLE accounts (
	id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	role VARCHAR NOT NULL,
	password_hash VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	disabled_at BIGINT,
	CONSTRAINT pk_accounts PRIMARY KEY (id),
	CONSTRAINT uq_accounts_name UNIQUE (name)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE amends (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	coupon VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	worth_fen INTEGER NOT NULL,
	reason VARCHAR NOT NULL,
	tier VARCHAR NOT NULL,
	asked_by VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	tells INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	alone INTEGER NOT NULL,
	expires_at BIGINT,
	decided_by VARCHAR NOT NULL,
	decided_at BIGINT,
	why VARCHAR NOT NULL,
	settled_by VARCHAR NOT NULL,
	settled_at BIGINT,
	undone_by VARCHAR NOT NULL,
	undone_at BIGINT,
	CONSTRAINT ck_amends_ck_amends_sane_worth CHECK (worth_fen > 0 AND points >= 0),
	CONSTRAINT fk_amends_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_amends PRIMARY KEY (id),
	CONSTRAINT uq_amends_key UNIQUE ("key")
);
CREATE TABLE amnesties (
	id INTEGER NOT NULL,
	first_day VARCHAR NOT NULL,
	last_day VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	next_member INTEGER NOT NULL,
	expected INTEGER NOT NULL,
	people INTEGER NOT NULL,
	days INTEGER NOT NULL,
	undone_by VARCHAR NOT NULL,
	undone_why VARCHAR NOT NULL,
	CONSTRAINT pk_amnesties PRIMARY KEY (id)
);
CREATE TABLE amnesty_days (
	amnesty_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	day VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	CONSTRAINT fk_amnesty_days_amnesty_id_amnesties FOREIGN KEY(amnesty_id) REFERENCES amnesties (id),
	CONSTRAINT fk_amnesty_days_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_amnesty_days PRIMARY KEY (amnesty_id, member_id, day)
)
 WITHOUT ROWID;
CREATE TABLE answer_dialogues (
	member_id INTEGER NOT NULL,
	room VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	misses INTEGER NOT NULL,
	missed_at BIGINT NOT NULL,
	CONSTRAINT fk_answer_dialogues_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_answer_dialogues PRIMARY KEY (member_id)
);
CREATE TABLE answer_ratings (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	answer VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	verdict VARCHAR NOT NULL,
	reasons VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_answer_ratings_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_answer_ratings PRIMARY KEY (id),
	CONSTRAINT uq_answer_ratings_channel_answer_member_id UNIQUE (channel, answer, member_id)
);
CREATE TABLE arrivals_accounts (
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	ours INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_arrivals_accounts PRIMARY KEY (channel, account)
);
CREATE TABLE arrivals_invitations (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	chat_id VARCHAR NOT NULL,
	group_name VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	error VARCHAR NOT NULL,
	CONSTRAINT fk_arrivals_invitations_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_arrivals_invitations PRIMARY KEY (id),
	CONSTRAINT uq_arrivals_invitations_member_id_chat_id UNIQUE (member_id, chat_id)
);
CREATE TABLE arrivals_links (
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	scene VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	"by" VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_arrivals_links PRIMARY KEY (channel, account, scene)
);
CREATE TABLE audit (
	id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	who VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	member_id INTEGER,
	CONSTRAINT fk_audit_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_audit PRIMARY KEY (id)
);
CREATE TABLE badge_grants (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	code VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	day VARCHAR(10) NOT NULL,
	at BIGINT NOT NULL,
	evidence VARCHAR NOT NULL,
	untold INTEGER NOT NULL,
	revoked_at BIGINT,
	CONSTRAINT fk_badge_grants_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_badge_grants PRIMARY KEY (id),
	CONSTRAINT uq_badge_grants_member_id_code UNIQUE (member_id, code)
);
CREATE TABLE badge_rounds (
	code VARCHAR NOT NULL,
	terms VARCHAR NOT NULL,
	next_member INTEGER NOT NULL,
	granted INTEGER NOT NULL,
	done_at BIGINT,
	CONSTRAINT pk_badge_rounds PRIMARY KEY (code)
);
CREATE TABLE ballots (
	poll_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	choices VARCHAR NOT NULL,
	tier VARCHAR NOT NULL,
	paid INTEGER NOT NULL,
	first_at BIGINT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_ballots_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_ballots_poll_id_polls FOREIGN KEY(poll_id) REFERENCES polls (id),
	CONSTRAINT pk_ballots PRIMARY KEY (poll_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE binding_tries (
	member_id INTEGER NOT NULL,
	wrong INTEGER NOT NULL,
	until BIGINT NOT NULL,
	CONSTRAINT fk_binding_tries_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_binding_tries PRIMARY KEY (member_id)
);
CREATE TABLE bindings (
	code VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	confirmed INTEGER NOT NULL,
	other_id INTEGER,
	other_channel VARCHAR NOT NULL,
	other_identity VARCHAR NOT NULL,
	other_confirmed INTEGER NOT NULL,
	CONSTRAINT fk_bindings_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_bindings_other_id_members FOREIGN KEY(other_id) REFERENCES members (id),
	CONSTRAINT pk_bindings PRIMARY KEY (code),
	CONSTRAINT uq_bindings_member_id UNIQUE (member_id)
);
CREATE TABLE bookable_services (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	CONSTRAINT pk_bookable_services PRIMARY KEY (id),
	CONSTRAINT uq_bookable_services_path UNIQUE (path)
);
CREATE TABLE booked_quarters (
	advisor VARCHAR NOT NULL,
	quarter INTEGER NOT NULL,
	booking_id INTEGER NOT NULL,
	CONSTRAINT fk_booked_quarters_booking_id_bookings FOREIGN KEY(booking_id) REFERENCES bookings (id),
	CONSTRAINT pk_booked_quarters PRIMARY KEY (advisor, quarter)
)
 WITHOUT ROWID;
CREATE TABLE bookings (
	id INTEGER NOT NULL,
	service_id INTEGER NOT NULL,
	member_id INTEGER,
	title VARCHAR NOT NULL,
	advisor VARCHAR NOT NULL,
	starts_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	address VARCHAR NOT NULL,
	changes INTEGER NOT NULL,
	changed_at BIGINT NOT NULL,
	reminded INTEGER NOT NULL,
	news VARCHAR NOT NULL,
	closed_by VARCHAR NOT NULL,
	CONSTRAINT fk_bookings_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_bookings_service_id_bookable_services FOREIGN KEY(service_id) REFERENCES bookable_services (id),
	CONSTRAINT pk_bookings PRIMARY KEY (id)
);
CREATE TABLE called_off (
	schedule VARCHAR NOT NULL,
	fire_at BIGINT NOT NULL,
	decided_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_called_off PRIMARY KEY (schedule, fire_at)
);
CREATE TABLE card_doubts (
	hour BIGINT NOT NULL,
	many INTEGER NOT NULL,
	CONSTRAINT pk_card_doubts PRIMARY KEY (hour)
);
CREATE TABLE case_asked (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	times_opened INTEGER NOT NULL,
	advisor VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_case_asked_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_asked PRIMARY KEY (id),
	CONSTRAINT uq_case_asked_case_id_times_opened_advisor UNIQUE (case_id, times_opened, advisor)
);
CREATE TABLE case_cards (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	advisor VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	severity INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	change_key VARCHAR NOT NULL,
	handle VARCHAR NOT NULL,
	fresh_at BIGINT,
	issued_at BIGINT,
	snoozes INTEGER NOT NULL,
	snoozed_until BIGINT,
	CONSTRAINT fk_case_cards_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_cards PRIMARY KEY (id)
);
CREATE TABLE case_clocks (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	times_opened INTEGER NOT NULL,
	timer VARCHAR NOT NULL,
	level VARCHAR NOT NULL,
	tier VARCHAR NOT NULL,
	stopped_by VARCHAR NOT NULL,
	started_at BIGINT NOT NULL,
	half_at BIGINT NOT NULL,
	most_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	next_at BIGINT,
	paused_at BIGINT,
	warned_50_at BIGINT,
	warned_80_at BIGINT,
	breached_at BIGINT,
	stopped_at BIGINT,
	climbed INTEGER NOT NULL,
	used_s INTEGER NOT NULL,
	CONSTRAINT fk_case_clocks_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_clocks PRIMARY KEY (id)
);
CREATE TABLE case_evidence (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	media VARCHAR NOT NULL,
	label VARCHAR NOT NULL,
	severity INTEGER NOT NULL,
	score_milli INTEGER NOT NULL,
	reasons TEXT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_case_evidence_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
	CONSTRAINT fk_case_evidence_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_evidence PRIMARY KEY (id)
);
CREATE TABLE case_ladder (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	times_opened INTEGER NOT NULL,
	timer VARCHAR NOT NULL,
	step VARCHAR NOT NULL,
	told VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_case_ladder_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_ladder PRIMARY KEY (id),
	CONSTRAINT uq_case_ladder_case_id_times_opened_timer_step UNIQUE (case_id, times_opened, timer, step)
);
CREATE TABLE case_promises (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	what VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	due_at BIGINT NOT NULL,
	ended_at BIGINT,
	is_kept INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_case_promises_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
	CONSTRAINT fk_case_promises_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_promises PRIMARY KEY (id)
);
CREATE TABLE case_ratings (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	times_opened INTEGER NOT NULL,
	score INTEGER NOT NULL,
	first_score INTEGER NOT NULL,
	told INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	advisor VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	due_at BIGINT NOT NULL,
	asked_at BIGINT,
	answered_at BIGINT,
	CONSTRAINT fk_case_ratings_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_ratings PRIMARY KEY (id),
	CONSTRAINT uq_case_ratings_case_id_times_opened UNIQUE (case_id, times_opened)
);
CREATE TABLE case_steps (
	id INTEGER NOT NULL,
	case_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	who VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_case_steps_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id),
	CONSTRAINT fk_case_steps_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_case_steps PRIMARY KEY (id)
);
CREATE TABLE cases (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	in_group VARCHAR NOT NULL,
	advisor VARCHAR NOT NULL,
	code VARCHAR NOT NULL,
	severity INTEGER NOT NULL,
	reasons TEXT NOT NULL,
	opened_at BIGINT NOT NULL,
	since BIGINT NOT NULL,
	heard_at BIGINT NOT NULL,
	assigned_at BIGINT,
	accepted_at BIGINT,
	answered_at BIGINT,
	spoke_at BIGINT,
	ended_at BIGINT,
	closed_at BIGINT,
	times_opened INTEGER NOT NULL,
	CONSTRAINT fk_cases_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_cases PRIMARY KEY (id)
);
CREATE TABLE challenge_members (
	challenge_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	joined_at BIGINT NOT NULL,
	days INTEGER NOT NULL,
	done_on VARCHAR,
	done_at BIGINT,
	reward VARCHAR NOT NULL,
	prize VARCHAR NOT NULL,
	reward_key VARCHAR NOT NULL,
	CONSTRAINT fk_challenge_members_challenge_id_challenges FOREIGN KEY(challenge_id) REFERENCES challenges (id),
	CONSTRAINT fk_challenge_members_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_challenge_members PRIMARY KEY (challenge_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE challenge_photos (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	day VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	channel VARCHAR NOT NULL,
	update_key VARCHAR NOT NULL,
	place INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	shape VARCHAR NOT NULL,
	with_word INTEGER NOT NULL,
	like_id INTEGER,
	CONSTRAINT fk_challenge_photos_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_challenge_photos PRIMARY KEY (id),
	CONSTRAINT uq_challenge_photos_channel_update_key_place UNIQUE (channel, update_key, place)
);
CREATE TABLE challenges (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	first_day VARCHAR NOT NULL,
	last_day VARCHAR NOT NULL,
	terms VARCHAR NOT NULL,
	kinds VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	next_member INTEGER NOT NULL,
	gone_joined INTEGER NOT NULL,
	gone_done INTEGER NOT NULL,
	closed_at BIGINT,
	CONSTRAINT pk_challenges PRIMARY KEY (id),
	CONSTRAINT uq_challenges_path UNIQUE (path)
);
CREATE TABLE checkins (
	member_id INTEGER NOT NULL,
	day VARCHAR(10) NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_checkins_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_checkins PRIMARY KEY (member_id, day)
)
 WITHOUT ROWID;
CREATE TABLE colleague_accounts (
	account_id INTEGER NOT NULL,
	userid VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	given_by VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_colleague_accounts_account_id_accounts FOREIGN KEY(account_id) REFERENCES accounts (id),
	CONSTRAINT pk_colleague_accounts PRIMARY KEY (account_id),
	CONSTRAINT uq_colleague_accounts_userid UNIQUE (userid)
);
CREATE TABLE colleague_names (
	channel VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	userid VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	asked_at BIGINT NOT NULL,
	CONSTRAINT pk_colleague_names PRIMARY KEY (channel, identity)
);
CREATE TABLE connections (
	channel VARCHAR NOT NULL,
	holder VARCHAR NOT NULL,
	beats INTEGER NOT NULL,
	heard_at BIGINT,
	CONSTRAINT pk_connections PRIMARY KEY (channel)
);
CREATE TABLE consents (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	template_id VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	agreed_at BIGINT NOT NULL,
	note_key VARCHAR,
	withdrawn_at BIGINT,
	CONSTRAINT fk_consents_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_consents PRIMARY KEY (id),
	CONSTRAINT uq_consents_channel_source_template_id UNIQUE (channel, source, template_id),
	CONSTRAINT uq_consents_note_key UNIQUE (note_key)
);
CREATE TABLE conversation_owners (
	member_id INTEGER NOT NULL,
	owner VARCHAR NOT NULL,
	advisor VARCHAR NOT NULL,
	case_id INTEGER NOT NULL,
	at_platform INTEGER NOT NULL,
	since BIGINT NOT NULL,
	CONSTRAINT fk_conversation_owners_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_conversation_owners PRIMARY KEY (member_id)
);
CREATE TABLE corp_tags (
	tag_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	group_name VARCHAR NOT NULL,
	place INTEGER NOT NULL,
	CONSTRAINT pk_corp_tags PRIMARY KEY (tag_id)
);
CREATE TABLE coupon_batches (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	terms VARCHAR NOT NULL,
	audience VARCHAR NOT NULL,
	period VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	revoked_by VARCHAR NOT NULL,
	revoke_why VARCHAR NOT NULL,
	tells INTEGER NOT NULL,
	issued INTEGER NOT NULL,
	revoked INTEGER NOT NULL,
	at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	done_at BIGINT,
	next_member INTEGER NOT NULL,
	CONSTRAINT pk_coupon_batches PRIMARY KEY (id)
);
CREATE TABLE coupons (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	code VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	stores VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	closed_by VARCHAR NOT NULL,
	order_ref VARCHAR NOT NULL,
	store VARCHAR NOT NULL,
	face_fen INTEGER NOT NULL,
	percent_off INTEGER NOT NULL,
	minimum_fen INTEGER NOT NULL,
	stackable INTEGER NOT NULL,
	transferable INTEGER NOT NULL,
	off_fen INTEGER NOT NULL,
	reminded INTEGER NOT NULL,
	issued_at BIGINT NOT NULL,
	valid_until BIGINT NOT NULL,
	closed_at BIGINT,
	CONSTRAINT ck_coupons_ck_coupons_known_state CHECK (state IN ('issued', 'redeemed', 'revoked')),
	CONSTRAINT ck_coupons_ck_coupons_one_value CHECK ((face_fen > 0) <> (percent_off > 0)),
	CONSTRAINT ck_coupons_ck_coupons_sane_value CHECK (face_fen >= 0 AND percent_off BETWEEN 0 AND 100 AND minimum_fen >= 0),
	CONSTRAINT fk_coupons_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_coupons PRIMARY KEY (id),
	CONSTRAINT uq_coupons_code UNIQUE (code),
	CONSTRAINT uq_coupons_key UNIQUE ("key")
);
CREATE TABLE customer_groups (
	chat_id VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	notice VARCHAR NOT NULL,
	admins VARCHAR NOT NULL,
	opened_at BIGINT,
	version VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	ended_at BIGINT,
	ended_how VARCHAR NOT NULL,
	handover VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	seen_round INTEGER NOT NULL,
	first_seen_at BIGINT NOT NULL,
	read_at BIGINT,
	due_at BIGINT,
	wanted VARCHAR NOT NULL,
	lags_until BIGINT,
	tries INTEGER NOT NULL,
	error VARCHAR NOT NULL,
	CONSTRAINT pk_customer_groups PRIMARY KEY (chat_id)
);
CREATE TABLE customer_rounds (
	id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	"after" VARCHAR NOT NULL,
	began_at BIGINT NOT NULL,
	completed_at BIGINT,
	CONSTRAINT pk_customer_rounds PRIMARY KEY (id)
);
CREATE TABLE deeds (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	day VARCHAR(10) NOT NULL,
	at BIGINT NOT NULL,
	amount_fen INTEGER NOT NULL,
	undone INTEGER NOT NULL,
	judged INTEGER NOT NULL,
	CONSTRAINT fk_deeds_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_deeds PRIMARY KEY (id),
	CONSTRAINT uq_deeds_key UNIQUE ("key")
);
CREATE TABLE detector_doubts (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	in_group VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	label VARCHAR NOT NULL,
	verdict VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	score_milli INTEGER NOT NULL,
	severity INTEGER NOT NULL,
	at BIGINT NOT NULL,
	reasons TEXT NOT NULL,
	decided_at BIGINT,
	CONSTRAINT fk_detector_doubts_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_detector_doubts PRIMARY KEY (id),
	CONSTRAINT uq_detector_doubts_key UNIQUE ("key")
);
CREATE TABLE detector_lessons (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	escalate INTEGER NOT NULL,
	turns TEXT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_detector_lessons_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_detector_lessons PRIMARY KEY (id),
	CONSTRAINT uq_detector_lessons_key UNIQUE ("key")
);
CREATE TABLE digest_groups (
	group_id VARCHAR NOT NULL,
	is_on INTEGER NOT NULL,
	at VARCHAR NOT NULL,
	quiet_until VARCHAR(10),
	CONSTRAINT pk_digest_groups PRIMARY KEY (group_id)
);
CREATE TABLE digests (
	group_id VARCHAR NOT NULL,
	day VARCHAR(10) NOT NULL,
	people INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_digests PRIMARY KEY (group_id, day)
);
CREATE TABLE doctor_findings (
	run_id INTEGER NOT NULL,
	door VARCHAR NOT NULL,
	place INTEGER NOT NULL,
	"check" VARCHAR NOT NULL,
	level VARCHAR NOT NULL,
	message VARCHAR NOT NULL,
	hint VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	CONSTRAINT fk_doctor_findings_run_id_doctor_runs FOREIGN KEY(run_id) REFERENCES doctor_runs (id),
	CONSTRAINT pk_doctor_findings PRIMARY KEY (run_id, door, place)
);
CREATE TABLE doctor_runs (
	id INTEGER NOT NULL,
	asked_by VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	doors INTEGER NOT NULL,
	done INTEGER NOT NULL,
	ended_at BIGINT,
	CONSTRAINT pk_doctor_runs PRIMARY KEY (id)
);
CREATE TABLE duty_absences (
	id INTEGER NOT NULL,
	advisor VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	ended_by VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_duty_absences PRIMARY KEY (id)
);
CREATE TABLE duty_now (
	advisor VARCHAR NOT NULL,
	why_not VARCHAR NOT NULL,
	on_duty INTEGER NOT NULL,
	since BIGINT NOT NULL,
	CONSTRAINT pk_duty_now PRIMARY KEY (advisor)
);
CREATE TABLE duty_words (
	advisor VARCHAR NOT NULL,
	source VARCHAR NOT NULL,
	duty VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_duty_words PRIMARY KEY (advisor, source)
);
CREATE TABLE erased_identities (
	id INTEGER NOT NULL,
	digest VARCHAR NOT NULL,
	salt VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_erased_identities PRIMARY KEY (id),
	CONSTRAINT uq_erased_identities_digest UNIQUE (digest)
);
CREATE TABLE faq_questions (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	said VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	path VARCHAR NOT NULL,
	score INTEGER NOT NULL,
	helpful INTEGER,
	CONSTRAINT fk_faq_questions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_faq_questions PRIMARY KEY (id)
);
CREATE TABLE fetches (
	channel VARCHAR NOT NULL,
	book VARCHAR NOT NULL,
	cursor VARCHAR NOT NULL,
	hint VARCHAR NOT NULL,
	hinted_at BIGINT NOT NULL,
	hints INTEGER NOT NULL,
	due_at BIGINT,
	tries INTEGER NOT NULL,
	error VARCHAR,
	error_code INTEGER NOT NULL, shut_at BIGINT,
	CONSTRAINT pk_fetches PRIMARY KEY (channel, book)
);
CREATE TABLE fires (
	id INTEGER NOT NULL,
	schedule VARCHAR NOT NULL,
	target VARCHAR NOT NULL,
	fire_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	status VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	content VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	parts INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	decided_by VARCHAR NOT NULL,
	CONSTRAINT pk_fires PRIMARY KEY (id),
	CONSTRAINT uq_fires_schedule_fire_at_target UNIQUE (schedule, fire_at, target)
);
CREATE TABLE followup_steps (
	id INTEGER NOT NULL,
	task_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	who VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	CONSTRAINT fk_followup_steps_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_followup_steps PRIMARY KEY (id)
);
CREATE TABLE followups (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	case_id INTEGER,
	kind VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	due_at BIGINT NOT NULL,
	advisor VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	made_at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	note VARCHAR NOT NULL,
	ended_by VARCHAR NOT NULL,
	ended_at BIGINT,
	postponed INTEGER NOT NULL,
	climbed INTEGER NOT NULL,
	rings_at BIGINT,
	CONSTRAINT fk_followups_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_followups PRIMARY KEY (id),
	CONSTRAINT uq_followups_key UNIQUE ("key")
);
CREATE TABLE friendships (
	channel VARCHAR NOT NULL,
	colleague VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	tags VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	seen_round INTEGER NOT NULL,
	read_at BIGINT,
	CONSTRAINT pk_friendships PRIMARY KEY (channel, colleague, identity)
);
CREATE TABLE gone_followers (
	channel VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	left_at BIGINT NOT NULL,
	CONSTRAINT fk_gone_followers_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_gone_followers PRIMARY KEY (channel, member_id)
);
CREATE TABLE group_greetings (
	id INTEGER NOT NULL,
	text VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	description VARCHAR NOT NULL,
	image_url VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	platform_id VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	begun_at BIGINT, tries INTEGER DEFAULT 0 NOT NULL, due_at BIGINT, kind VARCHAR DEFAULT 'link' NOT NULL, path VARCHAR DEFAULT '' NOT NULL, app_id VARCHAR DEFAULT '' NOT NULL, page VARCHAR DEFAULT '' NOT NULL,
	CONSTRAINT pk_group_greetings PRIMARY KEY (id)
);
CREATE TABLE group_join_ways (
	id INTEGER NOT NULL,
	chat_id VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	platform_id VARCHAR NOT NULL,
	picture_url VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	begun_at BIGINT, tries INTEGER DEFAULT 0 NOT NULL, due_at BIGINT, picture VARCHAR DEFAULT '' NOT NULL,
	CONSTRAINT pk_group_join_ways PRIMARY KEY (id),
	CONSTRAINT uq_group_join_ways_chat_id UNIQUE (chat_id)
);
CREATE TABLE group_members (
	id INTEGER NOT NULL,
	chat_id VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	kind INTEGER NOT NULL,
	joined_at BIGINT NOT NULL,
	scene VARCHAR NOT NULL,
	inviter VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	nickname VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	union_id VARCHAR NOT NULL,
	is_told INTEGER NOT NULL,
	left_at BIGINT,
	left_how VARCHAR NOT NULL,
	CONSTRAINT fk_group_members_chat_id_customer_groups FOREIGN KEY(chat_id) REFERENCES customer_groups (chat_id),
	CONSTRAINT pk_group_members PRIMARY KEY (id)
);
CREATE TABLE group_rounds (
	id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	phase VARCHAR NOT NULL,
	place VARCHAR NOT NULL,
	restarts INTEGER NOT NULL,
	listed INTEGER NOT NULL,
	asked_by VARCHAR NOT NULL,
	began_at BIGINT NOT NULL,
	completed_at BIGINT,
	CONSTRAINT pk_group_rounds PRIMARY KEY (id)
);
CREATE TABLE group_speakers (
	channel VARCHAR NOT NULL,
	chat VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_group_speakers_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_group_speakers PRIMARY KEY (channel, chat, member_id)
);
CREATE TABLE guide_tastes (
	member_id INTEGER NOT NULL,
	style VARCHAR NOT NULL,
	budget_yuan INTEGER,
	at BIGINT NOT NULL,
	CONSTRAINT fk_guide_tastes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_guide_tastes PRIMARY KEY (member_id)
);
CREATE TABLE handoff_servicers (
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	human VARCHAR NOT NULL,
	duty VARCHAR NOT NULL,
	told_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	wish VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	CONSTRAINT pk_handoff_servicers PRIMARY KEY (channel, account, human)
);
CREATE TABLE handoff_sessions (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	human VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	told_at BIGINT NOT NULL,
	updated_at BIGINT NOT NULL,
	checked_at BIGINT NOT NULL,
	wish VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	error VARCHAR NOT NULL,
	warned_at BIGINT,
	CONSTRAINT fk_handoff_sessions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_handoff_sessions PRIMARY KEY (id),
	CONSTRAINT uq_handoff_sessions_channel_account_identity UNIQUE (channel, account, identity)
);
CREATE TABLE help_told (
	member_id INTEGER NOT NULL,
	what VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_help_told_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_help_told PRIMARY KEY (member_id, what)
);
CREATE TABLE human_spans (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	since BIGINT NOT NULL,
	until_at BIGINT,
	CONSTRAINT fk_human_spans_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_human_spans PRIMARY KEY (id)
);
CREATE TABLE hushes (
	member_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	CONSTRAINT fk_hushes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_hushes PRIMARY KEY (member_id, kind)
)
 WITHOUT ROWID;
CREATE TABLE idea_rewards (
	id INTEGER NOT NULL,
	idea_id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	asked_by VARCHAR NOT NULL,
	settled_by VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	asked_at BIGINT NOT NULL,
	settled_at BIGINT,
	CONSTRAINT fk_idea_rewards_idea_id_ideas FOREIGN KEY(idea_id) REFERENCES ideas (id),
	CONSTRAINT pk_idea_rewards PRIMARY KEY (id),
	CONSTRAINT uq_idea_rewards_idea_id UNIQUE (idea_id)
);
CREATE TABLE idea_steps (
	id INTEGER NOT NULL,
	idea_id INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	reply VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_idea_steps_idea_id_ideas FOREIGN KEY(idea_id) REFERENCES ideas (id),
	CONSTRAINT pk_idea_steps PRIMARY KEY (id)
);
CREATE TABLE idea_supports (
	idea_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_idea_supports_idea_id_ideas FOREIGN KEY(idea_id) REFERENCES ideas (id),
	CONSTRAINT fk_idea_supports_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_idea_supports PRIMARY KEY (idea_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE ideas (
	id INTEGER NOT NULL,
	member_id INTEGER,
	words VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	flags VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	is_shown INTEGER NOT NULL,
	made_at BIGINT NOT NULL,
	since BIGINT NOT NULL,
	due_at BIGINT,
	into_id INTEGER,
	CONSTRAINT fk_ideas_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_ideas PRIMARY KEY (id)
);
CREATE TABLE identities (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	display_name VARCHAR,
	created_at BIGINT NOT NULL, looked_up_at BIGINT,
	CONSTRAINT fk_identities_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_identities PRIMARY KEY (id),
	CONSTRAINT uq_identities_channel_identity UNIQUE (channel, identity)
);
CREATE TABLE import_befores (
	import_id INTEGER NOT NULL,
	key VARCHAR NOT NULL,
	"before" TEXT NOT NULL,
	CONSTRAINT fk_import_befores_import_id_imports FOREIGN KEY(import_id) REFERENCES imports (id),
	CONSTRAINT pk_import_befores PRIMARY KEY (import_id, key)
);
CREATE TABLE import_bites (
	import_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	rows TEXT NOT NULL,
	CONSTRAINT fk_import_bites_import_id_imports FOREIGN KEY(import_id) REFERENCES imports (id),
	CONSTRAINT pk_import_bites PRIMARY KEY (import_id, number)
);
CREATE TABLE imports (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	file VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	since BIGINT NOT NULL,
	total INTEGER NOT NULL,
	bites INTEGER NOT NULL,
	next_bite INTEGER NOT NULL,
	new INTEGER NOT NULL,
	updated INTEGER NOT NULL,
	unchanged INTEGER NOT NULL,
	refused INTEGER NOT NULL,
	problems TEXT NOT NULL,
	samples TEXT NOT NULL,
	notes TEXT NOT NULL,
	CONSTRAINT pk_imports PRIMARY KEY (id)
);
CREATE TABLE inbox (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	conversation VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	sender VARCHAR,
	payload VARCHAR NOT NULL,
	sent_at BIGINT NOT NULL,
	received_at BIGINT NOT NULL,
	status VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	due_at BIGINT NOT NULL,
	done_at BIGINT,
	error VARCHAR,
	CONSTRAINT pk_inbox PRIMARY KEY (id),
	CONSTRAINT uq_inbox_channel_key UNIQUE (channel, "key")
);
CREATE TABLE letters (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	subject VARCHAR NOT NULL,
	purpose VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_letters_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_letters PRIMARY KEY (id),
	CONSTRAINT uq_letters_key UNIQUE ("key")
);
CREATE TABLE mailings (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	audience TEXT NOT NULL,
	parts TEXT NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	next_member INTEGER NOT NULL,
	told INTEGER NOT NULL,
	hushed INTEGER NOT NULL,
	no_way INTEGER NOT NULL,
	done_at BIGINT,
	CONSTRAINT pk_mailings PRIMARY KEY (id),
	CONSTRAINT uq_mailings_key UNIQUE ("key")
);
CREATE TABLE makeup_tokens (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	earned_on VARCHAR NOT NULL,
	used_for VARCHAR,
	CONSTRAINT fk_makeup_tokens_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_makeup_tokens PRIMARY KEY (id)
);
CREATE TABLE makeups (
	member_id INTEGER NOT NULL,
	day VARCHAR NOT NULL,
	made_on VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_makeups_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_makeups PRIMARY KEY (member_id, day)
)
 WITHOUT ROWID;
CREATE TABLE mall_claims (
	id INTEGER NOT NULL,
	goods_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	slot INTEGER,
	place INTEGER NOT NULL,
	points INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	code VARCHAR NOT NULL,
	closed_by VARCHAR NOT NULL,
	sent_at BIGINT NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT,
	closed_at BIGINT,
	reminded INTEGER NOT NULL,
	CONSTRAINT fk_mall_claims_goods_id_mall_goods FOREIGN KEY(goods_id) REFERENCES mall_goods (id),
	CONSTRAINT fk_mall_claims_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_mall_claims PRIMARY KEY (id),
	CONSTRAINT uq_mall_claims_code UNIQUE (code),
	CONSTRAINT uq_mall_claims_goods_id_member_id_slot UNIQUE (goods_id, member_id, slot)
);
CREATE TABLE mall_goods (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	picture VARCHAR NOT NULL,
	coupon VARCHAR NOT NULL,
	audience VARCHAR NOT NULL,
	early VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	stock INTEGER NOT NULL,
	taken INTEGER NOT NULL,
	per_member INTEGER NOT NULL,
	reserve_hours INTEGER NOT NULL,
	flash INTEGER NOT NULL,
	early_hours INTEGER NOT NULL,
	invite INTEGER NOT NULL,
	opens_at BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	closes_at BIGINT,
	early_at BIGINT,
	early_told_at BIGINT,
	told_at BIGINT,
	early_next INTEGER NOT NULL,
	told_next INTEGER NOT NULL,
	CONSTRAINT ck_mall_goods_ck_mall_goods_stock CHECK (taken >= 0 AND taken <= stock),
	CONSTRAINT pk_mall_goods PRIMARY KEY (id),
	CONSTRAINT uq_mall_goods_path UNIQUE (path)
);
CREATE TABLE mall_wishes (
	member_id INTEGER NOT NULL,
	goods_id INTEGER NOT NULL,
	points INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_mall_wishes_goods_id_mall_goods FOREIGN KEY(goods_id) REFERENCES mall_goods (id),
	CONSTRAINT fk_mall_wishes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_mall_wishes PRIMARY KEY (member_id)
);
CREATE TABLE mass_matters (
	digest VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	CONSTRAINT pk_mass_matters PRIMARY KEY (digest)
);
CREATE TABLE mass_reminders (
	id INTEGER NOT NULL,
	task_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	asked_by VARCHAR NOT NULL,
	CONSTRAINT fk_mass_reminders_task_id_mass_tasks FOREIGN KEY(task_id) REFERENCES mass_tasks (id),
	CONSTRAINT pk_mass_reminders PRIMARY KEY (id)
);
CREATE TABLE mass_targets (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	group_id VARCHAR NOT NULL,
	chat VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	task_id INTEGER,
	drafted_at BIGINT NOT NULL,
	created_at BIGINT,
	confirmed_at BIGINT,
	sent_at BIGINT,
	reason VARCHAR NOT NULL, audience VARCHAR DEFAULT 'groups' NOT NULL,
	CONSTRAINT fk_mass_targets_digest_mass_matters FOREIGN KEY(digest) REFERENCES mass_matters (digest),
	CONSTRAINT fk_mass_targets_task_id_mass_tasks FOREIGN KEY(task_id) REFERENCES mass_tasks (id),
	CONSTRAINT pk_mass_targets PRIMARY KEY (id),
	CONSTRAINT uq_mass_targets_key UNIQUE ("key")
);
CREATE TABLE mass_tasks (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	owner VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	groups INTEGER NOT NULL,
	status VARCHAR NOT NULL,
	msgid VARCHAR,
	drafted_at BIGINT NOT NULL,
	creating_at BIGINT,
	created_at BIGINT,
	confirmed_at BIGINT,
	next_at BIGINT NOT NULL,
	tries INTEGER NOT NULL,
	looks INTEGER NOT NULL,
	nudges INTEGER NOT NULL,
	wanted VARCHAR NOT NULL,
	wanted_by VARCHAR NOT NULL,
	candidates VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	error_code INTEGER NOT NULL, audience VARCHAR DEFAULT 'groups' NOT NULL,
	CONSTRAINT fk_mass_tasks_digest_mass_matters FOREIGN KEY(digest) REFERENCES mass_matters (digest),
	CONSTRAINT pk_mass_tasks PRIMARY KEY (id)
);
CREATE TABLE media_files (
	digest VARCHAR NOT NULL,
	bytes BIGINT NOT NULL,
	content_type VARCHAR NOT NULL,
	width INTEGER,
	height INTEGER,
	created_at BIGINT NOT NULL,
	leaving_at BIGINT,
	CONSTRAINT pk_media_files PRIMARY KEY (digest)
);
CREATE TABLE media_holds (
	holder VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	until BIGINT,
	CONSTRAINT fk_media_holds_digest_media_files FOREIGN KEY(digest) REFERENCES media_files (digest),
	CONSTRAINT pk_media_holds PRIMARY KEY (holder)
);
CREATE TABLE media_refs (
	id INTEGER NOT NULL,
	inbox_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	update_key VARCHAR NOT NULL,
	place INTEGER NOT NULL,
	ref VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	sender VARCHAR,
	at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	status VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	due_at BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	tries INTEGER NOT NULL,
	digest VARCHAR,
	CONSTRAINT fk_media_refs_digest_media_files FOREIGN KEY(digest) REFERENCES media_files (digest),
	CONSTRAINT pk_media_refs PRIMARY KEY (id),
	CONSTRAINT uq_media_refs_channel_update_key_place UNIQUE (channel, update_key, place)
);
CREATE TABLE media_uploads (
	channel VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	media_id VARCHAR NOT NULL,
	good_until BIGINT NOT NULL,
	CONSTRAINT pk_media_uploads PRIMARY KEY (channel, digest)
);
CREATE TABLE member_profiles (
	member_id INTEGER NOT NULL,
	phone VARCHAR NOT NULL,
	unionid VARCHAR NOT NULL,
	birthday VARCHAR(10),
	lunar_birthday VARCHAR NOT NULL,
	styles VARCHAR NOT NULL,
	scenes VARCHAR NOT NULL,
	home_store VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_member_profiles_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_member_profiles PRIMARY KEY (member_id)
);
CREATE TABLE member_sessions (
	secret_hash VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	came_by VARCHAR NOT NULL,
	opened_at BIGINT NOT NULL,
	used_at BIGINT NOT NULL,
	CONSTRAINT fk_member_sessions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_member_sessions PRIMARY KEY (secret_hash)
);
CREATE TABLE member_tags (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	tag VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_member_tags_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_member_tags PRIMARY KEY (id),
	CONSTRAINT uq_member_tags_member_id_tag UNIQUE (member_id, tag)
);
CREATE TABLE members (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	display_name VARCHAR,
	created_at BIGINT NOT NULL,
	joined_at BIGINT NOT NULL,
	erase_asked_at BIGINT,
	erase_after BIGINT
, apart_since BIGINT);
CREATE TABLE menu_seen (
	channel VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	seen_at BIGINT NOT NULL,
	reason VARCHAR NOT NULL,
	CONSTRAINT pk_menu_seen PRIMARY KEY (channel)
);
CREATE TABLE menu_versions (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	asked_by VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	"before" VARCHAR,
	done_at BIGINT,
	reason VARCHAR NOT NULL,
	CONSTRAINT pk_menu_versions PRIMARY KEY (id)
);
CREATE TABLE merges (
	id INTEGER NOT NULL,
	from_member INTEGER NOT NULL,
	into_member INTEGER NOT NULL,
	how VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	moved TEXT NOT NULL,
	at BIGINT NOT NULL,
	undone_at BIGINT,
	undone_by VARCHAR NOT NULL,
	CONSTRAINT pk_merges PRIMARY KEY (id)
);
CREATE TABLE mini_surveys (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	order_id INTEGER NOT NULL,
	node VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	look_at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	questions TEXT NOT NULL,
	answers TEXT NOT NULL,
	step INTEGER NOT NULL,
	said_key VARCHAR NOT NULL,
	asked_at BIGINT,
	answered_at BIGINT,
	CONSTRAINT fk_mini_surveys_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_mini_surveys PRIMARY KEY (id),
	CONSTRAINT uq_mini_surveys_order_id_node UNIQUE (order_id, node)
);
CREATE TABLE moments (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	publishers VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	job VARCHAR NOT NULL,
	moment VARCHAR NOT NULL,
	drafted_at BIGINT NOT NULL,
	created_at BIGINT,
	next_at BIGINT NOT NULL,
	published VARCHAR NOT NULL,
	cancel_by VARCHAR NOT NULL,
	error VARCHAR NOT NULL,
	error_code INTEGER NOT NULL,
	CONSTRAINT fk_moments_digest_mass_matters FOREIGN KEY(digest) REFERENCES mass_matters (digest),
	CONSTRAINT pk_moments PRIMARY KEY (id),
	CONSTRAINT uq_moments_key UNIQUE ("key")
);
CREATE TABLE notes (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	used_for VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	template_id VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	due_at BIGINT NOT NULL,
	tried_at BIGINT,
	doubt_since BIGINT,
	sent_at BIGINT,
	reported_at BIGINT,
	platform_id VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	CONSTRAINT fk_notes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_notes PRIMARY KEY (id),
	CONSTRAINT uq_notes_key UNIQUE ("key")
);
CREATE TABLE notices (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	level VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	seen_at BIGINT,
	seen_by VARCHAR NOT NULL,
	CONSTRAINT pk_notices PRIMARY KEY (id),
	CONSTRAINT uq_notices_key UNIQUE ("key")
);
CREATE TABLE opened_links (
	token_hash VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	browser_hash VARCHAR NOT NULL,
	until BIGINT NOT NULL,
	CONSTRAINT fk_opened_links_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_opened_links PRIMARY KEY (token_hash)
);
CREATE TABLE opinion_days (
	day VARCHAR(10) NOT NULL,
	requests INTEGER NOT NULL,
	tokens INTEGER NOT NULL,
	answered INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	skipped INTEGER NOT NULL,
	raised INTEGER NOT NULL,
	lowered INTEGER NOT NULL,
	CONSTRAINT pk_opinion_days PRIMARY KEY (day)
);
CREATE TABLE opinions (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	identity VARCHAR NOT NULL,
	in_group VARCHAR NOT NULL,
	"key" VARCHAR NOT NULL,
	said_at BIGINT NOT NULL,
	at BIGINT NOT NULL,
	words VARCHAR NOT NULL,
	turns TEXT NOT NULL,
	score_milli INTEGER NOT NULL,
	label VARCHAR NOT NULL,
	severity INTEGER NOT NULL,
	reasons TEXT NOT NULL,
	prompted INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	tokens INTEGER NOT NULL,
	asked_at BIGINT,
	ended_at BIGINT,
	why VARCHAR NOT NULL,
	verdict_label VARCHAR NOT NULL,
	verdict_severity INTEGER NOT NULL,
	verdict_milli INTEGER NOT NULL,
	verdict_reason VARCHAR NOT NULL,
	after_milli INTEGER NOT NULL,
	became VARCHAR NOT NULL,
	CONSTRAINT fk_opinions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_opinions PRIMARY KEY (id),
	CONSTRAINT uq_opinions_channel_key UNIQUE (channel, "key")
);
CREATE TABLE orders (
	id INTEGER NOT NULL,
	source VARCHAR NOT NULL,
	order_id VARCHAR NOT NULL,
	member_id INTEGER,
	ref_kind VARCHAR NOT NULL,
	ref VARCHAR NOT NULL,
	paid_at BIGINT NOT NULL,
	paid_fen INTEGER NOT NULL,
	refunded_fen INTEGER NOT NULL,
	status VARCHAR NOT NULL,
	store VARCHAR NOT NULL,
	items TEXT NOT NULL,
	untold INTEGER NOT NULL,
	told_paid INTEGER NOT NULL,
	told_refunded_fen INTEGER NOT NULL,
	at BIGINT NOT NULL, delivered_at BIGINT, told_delivered INTEGER DEFAULT '0' NOT NULL,
	CONSTRAINT fk_orders_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_orders PRIMARY KEY (id),
	CONSTRAINT uq_orders_source_order_id UNIQUE (source, order_id)
);
CREATE TABLE origins (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	account VARCHAR NOT NULL,
	scene VARCHAR NOT NULL,
	param VARCHAR NOT NULL,
	followed INTEGER NOT NULL,
	times INTEGER NOT NULL,
	first_at BIGINT NOT NULL,
	last_at BIGINT NOT NULL,
	CONSTRAINT fk_origins_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_origins PRIMARY KEY (id),
	CONSTRAINT uq_origins_member_id_channel_account_scene_param UNIQUE (member_id, channel, account, scene, param)
);
CREATE TABLE outbox (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	lane VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	payload VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	member_id INTEGER,
	inbox_id INTEGER,
	status VARCHAR NOT NULL,
	doubt_since BIGINT,
	tries INTEGER NOT NULL,
	due_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	claimed_at BIGINT,
	sent_at BIGINT,
	platform_id VARCHAR NOT NULL,
	handle VARCHAR NOT NULL,
	note VARCHAR NOT NULL,
	error VARCHAR,
	error_code INTEGER NOT NULL,
	CONSTRAINT pk_outbox PRIMARY KEY (id),
	CONSTRAINT uq_outbox_key UNIQUE ("key")
);
CREATE TABLE page_acts (
	member_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	refused INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_page_acts_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_page_acts PRIMARY KEY (member_id, "key")
);
CREATE TABLE page_consents (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	wording VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_page_consents_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_page_consents PRIMARY KEY (id)
);
CREATE TABLE pauses (
	scope VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL,
	reason VARCHAR NOT NULL,
	CONSTRAINT pk_pauses PRIMARY KEY (scope)
);
CREATE TABLE person_keys (
	id INTEGER NOT NULL,
	kind VARCHAR NOT NULL,
	scope VARCHAR NOT NULL,
	value VARCHAR NOT NULL,
	identity_id INTEGER NOT NULL,
	source VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_person_keys_identity_id_identities FOREIGN KEY(identity_id) REFERENCES identities (id),
	CONSTRAINT pk_person_keys PRIMARY KEY (id),
	CONSTRAINT uq_person_keys_kind_scope_value UNIQUE (kind, scope, value)
);
CREATE TABLE picture_people (
	picture_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	CONSTRAINT fk_picture_people_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_picture_people_picture_id_pictures FOREIGN KEY(picture_id) REFERENCES pictures (id),
	CONSTRAINT pk_picture_people PRIMARY KEY (picture_id, member_id)
);
CREATE TABLE pictures (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	drawing VARCHAR NOT NULL,
	input VARCHAR NOT NULL,
	alt VARCHAR NOT NULL,
	channel VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	group_id VARCHAR NOT NULL,
	in_group INTEGER NOT NULL,
	via VARCHAR NOT NULL,
	reply_to VARCHAR NOT NULL,
	page VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	tries INTEGER NOT NULL,
	due_at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	digest VARCHAR,
	CONSTRAINT pk_pictures PRIMARY KEY (id),
	CONSTRAINT uq_pictures_key UNIQUE ("key")
);
CREATE TABLE plan_marks (
	schedule VARCHAR NOT NULL,
	timing VARCHAR NOT NULL,
	planned_until BIGINT NOT NULL,
	under_way BIGINT,
	through VARCHAR NOT NULL,
	empty_slots INTEGER NOT NULL,
	CONSTRAINT pk_plan_marks PRIMARY KEY (schedule)
);
CREATE TABLE "point_accounts" (
	id INTEGER NOT NULL,
	member_id INTEGER,
	house VARCHAR,
	balance INTEGER,
	held INTEGER DEFAULT '0' NOT NULL,
	debt INTEGER DEFAULT '0' NOT NULL,
	warned_until BIGINT DEFAULT '0' NOT NULL,
	CONSTRAINT ck_point_accounts_ck_point_accounts_kept_for_members CHECK ((member_id IS NULL) = (balance IS NULL)),
	CONSTRAINT ck_point_accounts_ck_point_accounts_not_negative CHECK (balance >= 0),
	CONSTRAINT ck_point_accounts_ck_point_accounts_one_owner CHECK ((member_id IS NULL) <> (house IS NULL)),
	CONSTRAINT ck_point_accounts_debt_not_negative CHECK (debt >= 0),
	CONSTRAINT ck_point_accounts_held_is_there CHECK (held >= 0 AND held <= COALESCE(balance, 0)),
	CONSTRAINT fk_point_accounts_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_point_accounts PRIMARY KEY (id),
	CONSTRAINT uq_point_accounts_house UNIQUE (house),
	CONSTRAINT uq_point_accounts_member_id UNIQUE (member_id)
);
CREATE TABLE "point_entries" (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	debit INTEGER NOT NULL,
	credit INTEGER NOT NULL,
	points INTEGER NOT NULL,
	reason VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	rest INTEGER DEFAULT '0' NOT NULL,
	expires_at BIGINT DEFAULT '253402214400000000' NOT NULL,
	CONSTRAINT ck_point_entries_ck_point_entries_positive CHECK (points > 0),
	CONSTRAINT ck_point_entries_rest_is_part CHECK (rest >= 0 AND rest <= points),
	CONSTRAINT fk_point_entries_credit_point_accounts FOREIGN KEY(credit) REFERENCES point_accounts (id),
	CONSTRAINT fk_point_entries_debit_point_accounts FOREIGN KEY(debit) REFERENCES point_accounts (id),
	CONSTRAINT pk_point_entries PRIMARY KEY (id),
	CONSTRAINT uq_point_entries_key UNIQUE ("key")
);
CREATE TABLE point_holds (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	points INTEGER NOT NULL,
	reason VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	until BIGINT NOT NULL,
	closed_at BIGINT,
	CONSTRAINT ck_point_holds_ck_point_holds_known_state CHECK (state IN ('held', 'released', 'captured')),
	CONSTRAINT ck_point_holds_ck_point_holds_positive CHECK (points > 0),
	CONSTRAINT fk_point_holds_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_point_holds PRIMARY KEY (id),
	CONSTRAINT uq_point_holds_key UNIQUE ("key")
);
CREATE TABLE poll_news (
	id INTEGER NOT NULL,
	poll_id INTEGER NOT NULL,
	words VARCHAR NOT NULL,
	made_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	next_member INTEGER NOT NULL,
	done_at BIGINT,
	CONSTRAINT fk_poll_news_poll_id_polls FOREIGN KEY(poll_id) REFERENCES polls (id),
	CONSTRAINT pk_poll_news PRIMARY KEY (id)
);
CREATE TABLE polls (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	options VARCHAR NOT NULL,
	max_choices INTEGER NOT NULL,
	opens_at BIGINT NOT NULL,
	closes_at BIGINT,
	results VARCHAR NOT NULL,
	eligible VARCHAR NOT NULL,
	points INTEGER NOT NULL,
	goal_points INTEGER,
	quorum INTEGER NOT NULL,
	tie VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	outcome VARCHAR NOT NULL,
	closed_at BIGINT,
	CONSTRAINT pk_polls PRIMARY KEY (id),
	CONSTRAINT uq_polls_path UNIQUE (path)
);
CREATE TABLE product_views (
	member_id INTEGER NOT NULL,
	sku VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_product_views_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_product_views PRIMARY KEY (member_id, sku)
);
CREATE TABLE products (
	sku VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	category VARCHAR NOT NULL,
	style VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	price_fen INTEGER NOT NULL,
	stock INTEGER,
	restock_at BIGINT,
	told_at BIGINT NOT NULL,
	import_id INTEGER,
	CONSTRAINT pk_products PRIMARY KEY (sku)
);
CREATE TABLE proposals (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
	"key" VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	words VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	state VARCHAR NOT NULL,
	reply VARCHAR NOT NULL,
	path VARCHAR NOT NULL,
	closed_at BIGINT,
	CONSTRAINT fk_proposals_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT uq_proposals_key UNIQUE ("key")
);
CREATE TABLE question_drafts (
	member_id INTEGER NOT NULL,
	words VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_question_drafts_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_question_drafts PRIMARY KEY (member_id)
)
 WITHOUT ROWID;
CREATE TABLE questions (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	words VARCHAR NOT NULL,
	flags VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	answer VARCHAR NOT NULL,
	answered_by VARCHAR NOT NULL,
	public_words VARCHAR NOT NULL,
	named INTEGER NOT NULL,
	answers INTEGER NOT NULL,
	asked_at BIGINT NOT NULL,
	remind_at BIGINT,
	answered_at BIGINT,
	published_at BIGINT,
	CONSTRAINT fk_questions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_questions PRIMARY KEY (id)
);
CREATE TABLE rank_hidden (
	member_id INTEGER NOT NULL,
	since BIGINT NOT NULL,
	CONSTRAINT fk_rank_hidden_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_rank_hidden PRIMARY KEY (member_id)
)
 WITHOUT ROWID;
CREATE TABLE rank_months (
	member_id INTEGER NOT NULL,
	month VARCHAR NOT NULL,
	mask INTEGER NOT NULL,
	days INTEGER NOT NULL,
	CONSTRAINT fk_rank_months_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_rank_months PRIMARY KEY (member_id, month)
)
 WITHOUT ROWID;
CREATE TABLE rank_streaks (
	member_id INTEGER NOT NULL,
	last_day VARCHAR(10) NOT NULL,
	days INTEGER NOT NULL,
	CONSTRAINT fk_rank_streaks_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_rank_streaks PRIMARY KEY (member_id)
)
 WITHOUT ROWID;
CREATE TABLE recall_switch (
	id INTEGER NOT NULL,
	is_on INTEGER NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT ck_recall_switch_ck_recall_switch_one_row CHECK (id = 1),
	CONSTRAINT pk_recall_switch PRIMARY KEY (id)
);
CREATE TABLE recall_types (
	member_id INTEGER NOT NULL,
	type VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_recall_types_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_recall_types PRIMARY KEY (member_id)
)
 WITHOUT ROWID;
CREATE TABLE recalls (
	id INTEGER NOT NULL,
	order_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	type VARCHAR NOT NULL,
	figures TEXT NOT NULL,
	by_hand INTEGER NOT NULL,
	offer VARCHAR NOT NULL,
	told VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_recalls_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_recalls PRIMARY KEY (id),
	CONSTRAINT uq_recalls_order_id UNIQUE (order_id)
);
CREATE TABLE referral_codes (
	code VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_referral_codes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_referral_codes PRIMARY KEY (code)
);
CREATE TABLE referral_refusals (
	id INTEGER NOT NULL,
	friend_id INTEGER NOT NULL,
	referrer_id INTEGER,
	why VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_referral_refusals_friend_id_members FOREIGN KEY(friend_id) REFERENCES members (id),
	CONSTRAINT fk_referral_refusals_referrer_id_members FOREIGN KEY(referrer_id) REFERENCES members (id),
	CONSTRAINT pk_referral_refusals PRIMARY KEY (id)
);
CREATE TABLE referral_tiers (
	member_id INTEGER NOT NULL,
	count INTEGER NOT NULL,
	coupon_key VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_referral_tiers_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_referral_tiers PRIMARY KEY (member_id, count)
)
 WITHOUT ROWID;
CREATE TABLE referrals (
	id INTEGER NOT NULL,
	friend_id INTEGER,
	referrer_id INTEGER,
	state VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	order_id INTEGER,
	paid_at BIGINT,
	due_at BIGINT,
	granted_at BIGINT,
	CONSTRAINT ck_referrals_ck_referrals_not_self CHECK (friend_id <> referrer_id OR state IN ('void', 'refused')),
	CONSTRAINT fk_referrals_friend_id_members FOREIGN KEY(friend_id) REFERENCES members (id),
	CONSTRAINT fk_referrals_referrer_id_members FOREIGN KEY(referrer_id) REFERENCES members (id),
	CONSTRAINT pk_referrals PRIMARY KEY (id),
	CONSTRAINT uq_referrals_friend_id UNIQUE (friend_id)
);
CREATE TABLE reward_earnings (
	id INTEGER NOT NULL,
	rule VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	deed_id INTEGER,
	member_id INTEGER,
	day VARCHAR(10) NOT NULL,
	at BIGINT NOT NULL,
	points INTEGER NOT NULL,
	unit_points INTEGER NOT NULL,
	each_fen INTEGER NOT NULL,
	factor INTEGER NOT NULL,
	doubles VARCHAR NOT NULL,
	streak_days INTEGER NOT NULL,
	ledger_key VARCHAR NOT NULL,
	coupon_key VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	CONSTRAINT fk_reward_earnings_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_reward_earnings PRIMARY KEY (id),
	CONSTRAINT uq_reward_earnings_rule_deed_id UNIQUE (rule, deed_id)
);
CREATE TABLE salon_calendars (
	salon_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	recipient VARCHAR NOT NULL,
	via VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_salon_calendars_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_salon_calendars_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_calendars PRIMARY KEY (salon_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE salon_hosts (
	salon_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	consent VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	answered_at BIGINT,
	CONSTRAINT fk_salon_hosts_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_salon_hosts_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_hosts PRIMARY KEY (salon_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE salon_invitees (
	salon_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	tier VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_salon_invitees_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_salon_invitees_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_invitees PRIMARY KEY (salon_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE salon_rounds (
	id INTEGER NOT NULL,
	salon_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	what VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	next_number INTEGER NOT NULL,
	done_at BIGINT,
	CONSTRAINT fk_salon_rounds_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_rounds PRIMARY KEY (id),
	CONSTRAINT uq_salon_rounds_salon_id_key UNIQUE (salon_id, "key")
);
CREATE TABLE salon_signups (
	salon_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	heads INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	in_at BIGINT,
	changes INTEGER NOT NULL,
	code VARCHAR NOT NULL,
	tier VARCHAR NOT NULL,
	tell VARCHAR NOT NULL,
	came_at BIGINT,
	came_by VARCHAR NOT NULL,
	stars INTEGER,
	said VARCHAR NOT NULL,
	CONSTRAINT fk_salon_signups_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_salon_signups_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_signups PRIMARY KEY (salon_id, member_id)
);
CREATE TABLE salon_walk_ins (
	id INTEGER NOT NULL,
	salon_id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	heads INTEGER NOT NULL,
	at BIGINT NOT NULL,
	seen_by VARCHAR NOT NULL,
	CONSTRAINT fk_salon_walk_ins_salon_id_salons FOREIGN KEY(salon_id) REFERENCES salons (id),
	CONSTRAINT pk_salon_walk_ins PRIMARY KEY (id),
	CONSTRAINT uq_salon_walk_ins_salon_id_key UNIQUE (salon_id, "key")
);
CREATE TABLE salons (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	starts_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL,
	place VARCHAR NOT NULL,
	capacity INTEGER,
	guests_max INTEGER NOT NULL,
	invite VARCHAR NOT NULL,
	invite_first VARCHAR NOT NULL,
	first_hours INTEGER NOT NULL,
	invite_at BIGINT NOT NULL,
	signup_until BIGINT NOT NULL,
	reminders VARCHAR NOT NULL,
	host VARCHAR NOT NULL,
	no_show VARCHAR NOT NULL,
	series VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	why VARCHAR NOT NULL,
	sequence INTEGER NOT NULL,
	wave INTEGER NOT NULL,
	next_member INTEGER NOT NULL,
	first_done_at BIGINT,
	outcome VARCHAR NOT NULL,
	CONSTRAINT pk_salons PRIMARY KEY (id),
	CONSTRAINT uq_salons_path UNIQUE (path)
);
CREATE TABLE salutations (
	member_id INTEGER NOT NULL,
	words VARCHAR NOT NULL,
	asked VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_salutations_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_salutations PRIMARY KEY (member_id)
);
CREATE TABLE sample_chats (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	week VARCHAR(10) NOT NULL,
	place INTEGER NOT NULL,
	verdict VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	decided_at BIGINT,
	CONSTRAINT fk_sample_chats_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_sample_chats PRIMARY KEY (id),
	CONSTRAINT uq_sample_chats_week_member_id UNIQUE (week, member_id)
);
CREATE TABLE sample_refusals (
	member_id INTEGER NOT NULL,
	since BIGINT NOT NULL,
	CONSTRAINT fk_sample_refusals_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_sample_refusals PRIMARY KEY (member_id)
);
CREATE TABLE sample_weeks (
	week VARCHAR(10) NOT NULL,
	chats INTEGER NOT NULL,
	drawn_at BIGINT NOT NULL,
	CONSTRAINT pk_sample_weeks PRIMARY KEY (week)
);
CREATE TABLE scene_codes (
	id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	scene VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	greeting VARCHAR NOT NULL,
	lives_s INTEGER,
	status VARCHAR NOT NULL,
	asked_by VARCHAR NOT NULL,
	asked_at BIGINT NOT NULL,
	picture_url VARCHAR NOT NULL,
	url VARCHAR NOT NULL,
	expires_at BIGINT,
	reason VARCHAR NOT NULL,
	CONSTRAINT pk_scene_codes PRIMARY KEY (id),
	CONSTRAINT uq_scene_codes_channel_scene UNIQUE (channel, scene)
);
CREATE TABLE sent_forms (
	"key" VARCHAR NOT NULL,
	said VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_sent_forms PRIMARY KEY ("key")
);
CREATE TABLE simulator_images (
	id INTEGER NOT NULL,
	message_id INTEGER NOT NULL,
	content_type VARCHAR NOT NULL,
	data BLOB NOT NULL,
	CONSTRAINT fk_simulator_images_message_id_simulator_messages FOREIGN KEY(message_id) REFERENCES simulator_messages (id),
	CONSTRAINT pk_simulator_images PRIMARY KEY (id)
);
CREATE TABLE simulator_members (
	identity VARCHAR NOT NULL,
	name VARCHAR NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_simulator_members PRIMARY KEY (identity)
);
CREATE TABLE simulator_messages (
	id INTEGER NOT NULL,
	chat VARCHAR NOT NULL,
	group_id VARCHAR,
	member VARCHAR,
	sender VARCHAR NOT NULL,
	kind VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	payload TEXT NOT NULL,
	"key" VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	revision INTEGER NOT NULL,
	at BIGINT NOT NULL,
	created_at BIGINT NOT NULL,
	CONSTRAINT pk_simulator_messages PRIMARY KEY (id),
	CONSTRAINT uq_simulator_messages_key UNIQUE ("key")
);
CREATE TABLE simulator_state (
	name VARCHAR NOT NULL,
	value INTEGER NOT NULL,
	CONSTRAINT pk_simulator_state PRIMARY KEY (name)
);
CREATE TABLE simulator_taps (
	id INTEGER NOT NULL,
	message_id INTEGER NOT NULL,
	member VARCHAR NOT NULL,
	button VARCHAR NOT NULL,
	chosen TEXT NOT NULL,
	"key" VARCHAR NOT NULL,
	status VARCHAR NOT NULL,
	answer TEXT,
	at BIGINT NOT NULL,
	CONSTRAINT fk_simulator_taps_message_id_simulator_messages FOREIGN KEY(message_id) REFERENCES simulator_messages (id),
	CONSTRAINT pk_simulator_taps PRIMARY KEY (id),
	CONSTRAINT uq_simulator_taps_key UNIQUE ("key")
);
CREATE TABLE spent_logins (
	state_hash VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_spent_logins PRIMARY KEY (state_hash)
);
CREATE TABLE staff_changes (
	userid VARCHAR NOT NULL,
	userid_now VARCHAR NOT NULL,
	gone INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_staff_changes PRIMARY KEY (userid)
);
CREATE TABLE stamp_coupons (
	id INTEGER NOT NULL,
	card VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	cups INTEGER NOT NULL,
	coupon_key VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	untold INTEGER NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_stamp_coupons_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_stamp_coupons PRIMARY KEY (id)
);
CREATE TABLE stamps (
	id INTEGER NOT NULL,
	"key" VARCHAR NOT NULL,
	card VARCHAR NOT NULL,
	member_id INTEGER NOT NULL,
	order_id INTEGER,
	cups INTEGER NOT NULL,
	first_cups INTEGER NOT NULL,
	prices_fen VARCHAR NOT NULL,
	list_fen INTEGER NOT NULL,
	made_by VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT ck_stamps_ck_stamps_never_negative CHECK (cups BETWEEN 0 AND first_cups),
	CONSTRAINT fk_stamps_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_stamps PRIMARY KEY (id),
	CONSTRAINT uq_stamps_key UNIQUE ("key")
);
CREATE TABLE streaks (
	member_id INTEGER NOT NULL,
	last_day VARCHAR(10) NOT NULL,
	days INTEGER NOT NULL,
	best_days INTEGER NOT NULL,
	total_days INTEGER NOT NULL,
	CONSTRAINT ck_streaks_ck_streaks_best_is_best CHECK (days BETWEEN 1 AND best_days),
	CONSTRAINT fk_streaks_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_streaks PRIMARY KEY (member_id)
);
CREATE TABLE submission_pictures (
	id INTEGER NOT NULL,
	submission_id INTEGER NOT NULL,
	channel VARCHAR NOT NULL,
	update_key VARCHAR NOT NULL,
	place INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	digest VARCHAR NOT NULL,
	clean VARCHAR NOT NULL,
	clean_bytes INTEGER NOT NULL,
	shape VARCHAR NOT NULL,
	flags VARCHAR NOT NULL,
	CONSTRAINT fk_submission_pictures_submission_id_submissions FOREIGN KEY(submission_id) REFERENCES submissions (id),
	CONSTRAINT pk_submission_pictures PRIMARY KEY (id),
	CONSTRAINT uq_submission_pictures_channel_update_key_place UNIQUE (channel, update_key, place)
);
CREATE TABLE submission_uses (
	id INTEGER NOT NULL,
	submission_id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	media VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_submission_uses PRIMARY KEY (id),
	CONSTRAINT uq_submission_uses_submission_id_path UNIQUE (submission_id, path)
);
CREATE TABLE submissions (
	id INTEGER NOT NULL,
	member_id INTEGER,
	call VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	text VARCHAR NOT NULL,
	public VARCHAR NOT NULL,
	credit VARCHAR NOT NULL,
	credit_name VARCHAR NOT NULL,
	flags VARCHAR NOT NULL,
	started_at BIGINT NOT NULL,
	at BIGINT NOT NULL,
	paused_at BIGINT,
	sent_at BIGINT,
	decided_by VARCHAR NOT NULL,
	decided_at BIGINT,
	reason VARCHAR NOT NULL,
	note VARCHAR NOT NULL,
	settle_at BIGINT,
	accepted_at BIGINT,
	reversed_at BIGINT,
	published_by VARCHAR NOT NULL,
	adopted_at BIGINT,
	CONSTRAINT fk_submissions_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_submissions PRIMARY KEY (id)
);
CREATE TABLE survey_answers (
	survey_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	answers VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_survey_answers_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_survey_answers_survey_id_surveys FOREIGN KEY(survey_id) REFERENCES surveys (id),
	CONSTRAINT pk_survey_answers PRIMARY KEY (survey_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE survey_invitations (
	survey_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	letter VARCHAR NOT NULL,
	told VARCHAR NOT NULL,
	answered INTEGER NOT NULL,
	delivered_at BIGINT,
	CONSTRAINT fk_survey_invitations_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_survey_invitations_survey_id_surveys FOREIGN KEY(survey_id) REFERENCES surveys (id),
	CONSTRAINT pk_survey_invitations PRIMARY KEY (survey_id, member_id)
)
 WITHOUT ROWID;
CREATE TABLE survey_voices (
	id INTEGER NOT NULL,
	survey_id INTEGER NOT NULL,
	token VARCHAR NOT NULL,
	answers VARCHAR NOT NULL,
	CONSTRAINT fk_survey_voices_survey_id_surveys FOREIGN KEY(survey_id) REFERENCES surveys (id),
	CONSTRAINT pk_survey_voices PRIMARY KEY (id),
	CONSTRAINT uq_survey_voices_survey_id_token UNIQUE (survey_id, token)
);
CREATE TABLE surveys (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	questions VARCHAR NOT NULL,
	audience VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	salt VARCHAR NOT NULL,
	sent_by VARCHAR NOT NULL,
	anonymous INTEGER NOT NULL,
	closes_at BIGINT NOT NULL,
	sent_at BIGINT,
	next_member INTEGER,
	CONSTRAINT pk_surveys PRIMARY KEY (id),
	CONSTRAINT uq_surveys_path UNIQUE (path)
);
CREATE TABLE tier_changes (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	"before" VARCHAR NOT NULL,
	tier VARCHAR NOT NULL,
	reason VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_tier_changes_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_tier_changes PRIMARY KEY (id)
);
CREATE TABLE titles_held (
	id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	name VARCHAR NOT NULL,
	since BIGINT NOT NULL,
	until VARCHAR(10),
	ended_at BIGINT,
	CONSTRAINT fk_titles_held_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_titles_held PRIMARY KEY (id)
);
CREATE TABLE trial_applications (
	id INTEGER NOT NULL,
	trial_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	state VARCHAR NOT NULL,
	consent VARCHAR NOT NULL,
	answers VARCHAR NOT NULL,
	handed_by VARCHAR NOT NULL,
	told INTEGER NOT NULL,
	asked INTEGER NOT NULL,
	sent_at BIGINT NOT NULL,
	place BIGINT NOT NULL,
	agreed_at BIGINT,
	decided_at BIGINT,
	handed_at BIGINT,
	asked_at BIGINT,
	CONSTRAINT fk_trial_applications_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_trial_applications_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id),
	CONSTRAINT pk_trial_applications PRIMARY KEY (id),
	CONSTRAINT uq_trial_applications_trial_id_member_id UNIQUE (trial_id, member_id)
);
CREATE TABLE trial_feedback (
	id INTEGER NOT NULL,
	trial_id INTEGER NOT NULL,
	member_id INTEGER NOT NULL,
	answers VARCHAR NOT NULL,
	first_at BIGINT NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT fk_trial_feedback_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT fk_trial_feedback_trial_id_trials FOREIGN KEY(trial_id) REFERENCES trials (id),
	CONSTRAINT pk_trial_feedback PRIMARY KEY (id),
	CONSTRAINT uq_trial_feedback_trial_id_member_id UNIQUE (trial_id, member_id)
);
CREATE TABLE trials (
	id INTEGER NOT NULL,
	path VARCHAR NOT NULL,
	revision VARCHAR NOT NULL,
	title VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	audience VARCHAR NOT NULL,
	questions VARCHAR NOT NULL,
	feedback VARCHAR NOT NULL,
	consent VARCHAR NOT NULL,
	pick VARCHAR NOT NULL,
	seed VARCHAR NOT NULL,
	tag VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	quota INTEGER NOT NULL,
	feedback_after_days INTEGER NOT NULL,
	is_cohort INTEGER NOT NULL,
	opens_at BIGINT NOT NULL,
	closes_at BIGINT,
	CONSTRAINT pk_trials PRIMARY KEY (id),
	CONSTRAINT uq_trials_path UNIQUE (path)
);
CREATE TABLE "voices" (
	id INTEGER NOT NULL,
	member_id INTEGER,
	"key" VARCHAR NOT NULL,
	words VARCHAR NOT NULL,
	about VARCHAR NOT NULL,
	by_rule VARCHAR NOT NULL,
	who VARCHAR NOT NULL,
	handled VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	found TEXT NOT NULL,
	handled_at BIGINT,
	source VARCHAR DEFAULT '' NOT NULL,
	url VARCHAR DEFAULT '' NOT NULL,
	product VARCHAR DEFAULT '' NOT NULL,
	rating INTEGER DEFAULT '0' NOT NULL,
	severity INTEGER DEFAULT '0' NOT NULL,
	told INTEGER DEFAULT '0' NOT NULL,
	taken_at BIGINT,
	alert_at BIGINT,
	import_id INTEGER,
	CONSTRAINT ck_voices_of_one CHECK ((member_id IS NULL) = (source <> '')),
	CONSTRAINT fk_voices_member_id_members FOREIGN KEY(member_id) REFERENCES members (id),
	CONSTRAINT pk_voices PRIMARY KEY (id),
	CONSTRAINT uq_voices_key UNIQUE ("key")
);
CREATE TABLE voices_gone (
	digest VARCHAR NOT NULL,
	at BIGINT NOT NULL,
	CONSTRAINT pk_voices_gone PRIMARY KEY (digest)
);
CREATE TABLE week_reports (
	week VARCHAR(10) NOT NULL,
	made_at BIGINT NOT NULL,
	numbers VARCHAR NOT NULL,
	CONSTRAINT pk_week_reports PRIMARY KEY (week)
);
CREATE INDEX ix_account_sessions_account_id ON account_sessions (account_id);
CREATE INDEX ix_amends_asked_at ON amends (asked_at);
CREATE INDEX ix_amends_asked_by ON amends (asked_by, asked_at);
CREATE INDEX ix_amends_case_id ON amends (case_id);
CREATE INDEX ix_amends_member_id ON amends (member_id);
CREATE INDEX ix_amends_waiting ON amends (expires_at) WHERE state = 'waiting';
CREATE INDEX ix_amnesty_days_member_id ON amnesty_days (member_id);
CREATE INDEX ix_answer_dialogues_at ON answer_dialogues (at);
CREATE INDEX ix_answer_ratings_at ON answer_ratings (at);
CREATE INDEX ix_answer_ratings_member_id ON answer_ratings (member_id);
CREATE INDEX ix_arrivals_invitations_open ON arrivals_invitations (channel, status) WHERE status IN ('due', 'under_way', 'withdrawing');
CREATE INDEX ix_audit_at ON audit (at);
CREATE INDEX ix_audit_member_id ON audit (member_id);
CREATE INDEX ix_badge_grants_code ON badge_grants (code);
CREATE INDEX ix_badge_grants_untold ON badge_grants (untold);
CREATE INDEX ix_ballots_member_id ON ballots (member_id);
CREATE INDEX ix_bindings_other_id ON bindings (other_id);
CREATE INDEX ix_booked_quarters_booking_id ON booked_quarters (booking_id);
CREATE INDEX ix_bookings_member_id ON bookings (member_id);
CREATE INDEX ix_bookings_news ON bookings (id) WHERE news <> '';
CREATE INDEX ix_bookings_starts_at ON bookings (starts_at);
CREATE INDEX ix_bookings_state ON bookings (state, starts_at);
CREATE INDEX ix_case_asked_member_id ON case_asked (member_id);
CREATE INDEX ix_case_cards_case_id ON case_cards (case_id);
CREATE INDEX ix_case_cards_issued_at ON case_cards (advisor, issued_at);
CREATE INDEX ix_case_cards_member_id ON case_cards (member_id);
CREATE INDEX ix_case_cards_not_over ON case_cards (state) WHERE state <> 'over';
CREATE INDEX ix_case_clocks_case_id ON case_clocks (case_id);
CREATE INDEX ix_case_clocks_member_id ON case_clocks (member_id);
CREATE INDEX ix_case_clocks_next_at ON case_clocks (next_at) WHERE stopped_at IS NULL;
CREATE INDEX ix_case_clocks_stopped_at ON case_clocks (timer, stopped_at);
CREATE INDEX ix_case_evidence_member_id ON case_evidence (member_id);
CREATE INDEX ix_case_ladder_at ON case_ladder (at);
CREATE INDEX ix_case_ladder_member_id ON case_ladder (member_id);
CREATE INDEX ix_case_promises_case_id ON case_promises (case_id);
CREATE INDEX ix_case_promises_due ON case_promises (due_at) WHERE ended_at IS NULL;
CREATE INDEX ix_case_promises_member_id ON case_promises (member_id);
CREATE INDEX ix_case_ratings_answered_at ON case_ratings (answered_at);
CREATE INDEX ix_case_ratings_member_id ON case_ratings (member_id);
CREATE INDEX ix_case_ratings_state ON case_ratings (state, due_at);
CREATE INDEX ix_case_steps_case_id ON case_steps (case_id);
CREATE INDEX ix_case_steps_member_id ON case_steps (member_id);
CREATE INDEX ix_cases_closed_at ON cases (closed_at);
CREATE INDEX ix_cases_member_id ON cases (member_id);
CREATE INDEX ix_cases_state ON cases (state, advisor);
CREATE INDEX ix_challenge_members_member_id ON challenge_members (member_id);
CREATE INDEX ix_challenge_photos_digest ON challenge_photos (digest);
CREATE INDEX ix_challenge_photos_member_id ON challenge_photos (member_id, day);
CREATE INDEX ix_challenge_photos_state ON challenge_photos (state, id);
CREATE INDEX ix_challenges_last_day ON challenges (last_day);
CREATE INDEX ix_checkins_day ON checkins (day);
CREATE INDEX ix_consents_member ON consents (member_id, template_id);
CREATE INDEX ix_coupons_ends ON coupons (valid_until) WHERE state = 'issued';
CREATE INDEX ix_coupons_member_id ON coupons (member_id);
CREATE INDEX ix_coupons_order_ref ON coupons (order_ref);
CREATE INDEX ix_coupons_reason ON coupons (reason);
CREATE INDEX ix_customer_groups_due ON customer_groups (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_deeds_judged ON deeds (judged);
CREATE INDEX ix_deeds_member_id ON deeds (member_id, kind, day);
CREATE INDEX ix_detector_doubts_member_id ON detector_doubts (member_id);
CREATE INDEX ix_detector_doubts_verdict ON detector_doubts (verdict, at);
CREATE INDEX ix_detector_lessons_at ON detector_lessons (at);
CREATE INDEX ix_detector_lessons_member_id ON detector_lessons (member_id);
CREATE INDEX ix_duty_absences_advisor ON duty_absences (advisor);
CREATE INDEX ix_duty_absences_until ON duty_absences (until);
CREATE INDEX ix_faq_questions_at ON faq_questions (at);
CREATE INDEX ix_faq_questions_member_id ON faq_questions (member_id);
CREATE INDEX ix_fetches_due ON fetches (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_fires_open ON fires (due_at, id) WHERE status IN ('waiting', 'approved');
CREATE INDEX ix_fires_status ON fires (status, created_at);
CREATE INDEX ix_fires_used ON fires (schedule, target, content) WHERE content <> '';
CREATE INDEX ix_followup_steps_member_id ON followup_steps (member_id);
CREATE INDEX ix_followup_steps_task_id ON followup_steps (task_id);
CREATE INDEX ix_followups_case_id ON followups (case_id);
CREATE INDEX ix_followups_ended_at ON followups (ended_at);
CREATE INDEX ix_followups_member_id ON followups (member_id);
CREATE INDEX ix_followups_open ON followups (due_at) WHERE state = 'open';
CREATE INDEX ix_followups_rings ON followups (rings_at) WHERE state = 'open';
CREATE INDEX ix_friendships_due ON friendships (channel) WHERE read_at IS NULL;
CREATE INDEX ix_friendships_identity ON friendships (channel, identity);
CREATE INDEX ix_gone_followers_member_id ON gone_followers (member_id);
CREATE INDEX ix_group_members_identity ON group_members (identity);
CREATE INDEX ix_group_members_inviter ON group_members (inviter) WHERE inviter <> '';
CREATE INDEX ix_group_members_joined ON group_members (chat_id, joined_at);
CREATE INDEX ix_group_members_kind ON group_members (kind) WHERE left_at IS NULL;
CREATE INDEX ix_group_members_left ON group_members (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX ix_group_speakers_member_id ON group_speakers (member_id);
CREATE INDEX ix_handoff_sessions_member_id ON handoff_sessions (member_id);
CREATE INDEX ix_handoff_sessions_state ON handoff_sessions (state, since);
CREATE INDEX ix_handoff_sessions_wish ON handoff_sessions (channel) WHERE wish <> '';
CREATE INDEX ix_human_spans_member_id ON human_spans (member_id);
CREATE INDEX ix_human_spans_until_at ON human_spans (until_at);
CREATE INDEX ix_idea_steps_idea_id ON idea_steps (idea_id);
CREATE INDEX ix_idea_supports_member_id ON idea_supports (member_id);
CREATE INDEX ix_ideas_due_at ON ideas (due_at);
CREATE INDEX ix_ideas_member_id ON ideas (member_id);
CREATE INDEX ix_ideas_state ON ideas (state);
CREATE INDEX ix_identities_member_id ON identities (member_id);
CREATE INDEX ix_identities_not_looked_up ON identities (channel, created_at) WHERE looked_up_at IS NULL;
CREATE INDEX ix_imports_state ON imports (state);
CREATE INDEX ix_inbox_parked ON inbox (id) WHERE status = 'parked';
CREATE INDEX ix_inbox_received_at ON inbox (received_at);
CREATE INDEX ix_inbox_sender ON inbox (channel, sender);
CREATE INDEX ix_inbox_waiting ON inbox (conversation, id, due_at) WHERE status = 'waiting';
CREATE INDEX ix_letters_at ON letters (at);
CREATE INDEX ix_letters_member_id ON letters (member_id);
CREATE INDEX ix_letters_unreached ON letters (at) WHERE status = 'no_way';
CREATE INDEX ix_mailings_done_at ON mailings (done_at);
CREATE INDEX ix_makeup_tokens_member_id ON makeup_tokens (member_id, used_for);
CREATE INDEX ix_mall_claims_closed_at ON mall_claims (closed_at);
CREATE INDEX ix_mall_claims_ends ON mall_claims (until) WHERE state = 'held';
CREATE INDEX ix_mall_claims_member_id ON mall_claims (member_id);
CREATE INDEX ix_mass_reminders_task ON mass_reminders (task_id, at);
CREATE INDEX ix_mass_targets_chat ON mass_targets (channel, chat, drafted_at);
CREATE INDEX ix_mass_targets_loose ON mass_targets (channel, owner, digest, chat) WHERE task_id IS NULL AND status = 'drafted';
CREATE INDEX ix_mass_targets_task ON mass_targets (task_id, status);
CREATE UNIQUE INDEX ix_mass_tasks_msgid ON mass_tasks (channel, msgid);
CREATE INDEX ix_mass_tasks_open ON mass_tasks (next_at) WHERE status IN ('drafted', 'creating', 'unclear', 'created', 'confirmed');
CREATE INDEX ix_media_files_leaving ON media_files (leaving_at) WHERE leaving_at IS NOT NULL;
CREATE INDEX ix_media_holds_digest ON media_holds (digest);
CREATE INDEX ix_media_holds_until ON media_holds (until);
CREATE INDEX ix_media_refs_created_at ON media_refs (created_at);
CREATE INDEX ix_media_refs_digest ON media_refs (digest) WHERE digest IS NOT NULL;
CREATE INDEX ix_media_refs_due ON media_refs (expires_at) WHERE status = 'waiting';
CREATE INDEX ix_media_refs_sender ON media_refs (channel, sender);
CREATE INDEX ix_member_profiles_phone ON member_profiles (phone);
CREATE INDEX ix_member_profiles_unionid ON member_profiles (unionid);
CREATE INDEX ix_member_sessions_member_id ON member_sessions (member_id);
CREATE INDEX ix_member_sessions_opened_at ON member_sessions (opened_at);
CREATE INDEX ix_member_tags_tag ON member_tags (tag, member_id);
CREATE INDEX ix_members_erase_after ON members (erase_after);
CREATE INDEX ix_menu_versions_asked ON menu_versions (id) WHERE status = 'asked';
CREATE INDEX ix_merges_from_member ON merges (from_member);
CREATE INDEX ix_merges_into_member ON merges (into_member);
CREATE INDEX ix_mini_surveys_at ON mini_surveys (at);
CREATE INDEX ix_mini_surveys_member_id ON mini_surveys (member_id, asked_at);
CREATE INDEX ix_mini_surveys_open ON mini_surveys (member_id) WHERE step > 0;
CREATE INDEX ix_mini_surveys_waiting ON mini_surveys (node, at) WHERE state = 'waiting';
CREATE INDEX ix_moments_open ON moments (next_at) WHERE status IN ('drafted', 'creating', 'making', 'created');
CREATE INDEX ix_notes_asked_at ON notes (asked_at);
CREATE INDEX ix_notes_member_id ON notes (member_id);
CREATE INDEX ix_notes_open ON notes (channel, due_at) WHERE status IN ('asked', 'under_way');
CREATE INDEX ix_notes_platform_id ON notes (channel, platform_id);
CREATE INDEX ix_notes_sent_at ON notes (sent_at);
CREATE INDEX ix_notices_seen_at ON notices (seen_at);
CREATE INDEX ix_opened_links_member_id ON opened_links (member_id);
CREATE INDEX ix_opened_links_until ON opened_links (until);
CREATE INDEX ix_opinions_ended_at ON opinions (ended_at);
CREATE INDEX ix_opinions_member_id ON opinions (member_id);
CREATE INDEX ix_opinions_waiting ON opinions (id) WHERE state IN ('wanted', 'asked');
CREATE INDEX ix_orders_member_id ON orders (member_id, paid_at);
CREATE INDEX ix_orders_unclaimed ON orders (ref_kind, ref) WHERE member_id IS NULL AND ref <> '';
CREATE INDEX ix_orders_untold ON orders (paid_at, id) WHERE untold = 1 AND member_id IS NOT NULL;
CREATE INDEX ix_origins_first_at ON origins (first_at);
CREATE INDEX ix_origins_scene ON origins (channel, scene);
CREATE INDEX ix_outbox_created_at ON outbox (created_at);
CREATE INDEX ix_outbox_handle ON outbox (channel, handle) WHERE handle <> '';
CREATE INDEX ix_outbox_lane ON outbox (lane, claimed_at);
CREATE INDEX ix_outbox_member ON outbox (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX ix_outbox_parked ON outbox (id) WHERE status IN ('parked', 'maybe');
CREATE INDEX ix_outbox_passive ON outbox (inbox_id) WHERE inbox_id IS NOT NULL;
CREATE INDEX ix_outbox_pending ON outbox (lane, id, due_at) WHERE status IN ('queued', 'sending');
CREATE INDEX ix_outbox_recipient ON outbox (channel, recipient);
CREATE INDEX ix_page_acts_at ON page_acts (at);
CREATE INDEX ix_page_consents_member_id ON page_consents (member_id);
CREATE INDEX ix_person_keys_identity_id ON person_keys (identity_id);
CREATE INDEX ix_picture_people_member_id ON picture_people (member_id);
CREATE INDEX ix_pictures_created_at ON pictures (created_at);
CREATE INDEX ix_pictures_due ON pictures (due_at) WHERE status = 'waiting';
CREATE INDEX ix_pictures_input ON pictures (input);
CREATE INDEX ix_pictures_recipient ON pictures (channel, recipient);
CREATE INDEX ix_point_entries_credit ON point_entries (credit, id);
CREATE INDEX ix_point_entries_debit ON point_entries (debit, id);
CREATE INDEX ix_point_entries_expires_at ON point_entries (expires_at) WHERE rest > 0;
CREATE INDEX ix_point_entries_lots ON point_entries (credit, expires_at, id) WHERE rest > 0;
CREATE INDEX ix_point_holds_member_id ON point_holds (member_id);
CREATE INDEX ix_point_holds_until ON point_holds (until) WHERE state = 'held';
CREATE INDEX ix_poll_news_poll_id ON poll_news (poll_id);
CREATE INDEX ix_polls_closes_at ON polls (closes_at);
CREATE INDEX ix_proposals_member_id ON proposals (member_id);
CREATE INDEX ix_proposals_state ON proposals (state);
CREATE INDEX ix_questions_member_id ON questions (member_id);
CREATE INDEX ix_questions_published_at ON questions (published_at);
CREATE INDEX ix_questions_remind_at ON questions (remind_at);
CREATE INDEX ix_rank_months_days ON rank_months (month, days, member_id);
CREATE INDEX ix_rank_streaks_days ON rank_streaks (last_day, days, member_id);
CREATE INDEX ix_recalls_at ON recalls (at);
CREATE INDEX ix_recalls_member_id ON recalls (member_id);
CREATE INDEX ix_referral_codes_member_id ON referral_codes (member_id);
CREATE INDEX ix_referral_refusals_friend_id ON referral_refusals (friend_id);
CREATE INDEX ix_referral_refusals_referrer_id ON referral_refusals (referrer_id);
CREATE INDEX ix_referrals_due ON referrals (state, due_at);
CREATE INDEX ix_referrals_referrer_id ON referrals (referrer_id);
CREATE INDEX ix_reward_earnings_day ON reward_earnings (day);
CREATE INDEX ix_reward_earnings_deed_id ON reward_earnings (deed_id);
CREATE INDEX ix_reward_earnings_member_id ON reward_earnings (member_id, rule, day);
CREATE INDEX ix_salon_calendars_member_id ON salon_calendars (member_id);
CREATE INDEX ix_salon_hosts_member_id ON salon_hosts (member_id);
CREATE INDEX ix_salon_invitees_member_id ON salon_invitees (member_id);
CREATE INDEX ix_salon_rounds_done_at ON salon_rounds (done_at);
CREATE INDEX ix_salon_signups_member_id ON salon_signups (member_id);
CREATE INDEX ix_salon_signups_tell ON salon_signups (tell) WHERE tell IN ('promoted', 'too_many');
CREATE INDEX ix_salons_starts_at ON salons (starts_at);
CREATE INDEX ix_sample_chats_member_id ON sample_chats (member_id);
CREATE INDEX ix_simulator_images_message_id ON simulator_images (message_id);
CREATE INDEX ix_simulator_messages_chat ON simulator_messages (chat, id);
CREATE INDEX ix_simulator_messages_member ON simulator_messages (member);
CREATE INDEX ix_simulator_messages_revision ON simulator_messages (revision);
CREATE INDEX ix_simulator_messages_sender ON simulator_messages (sender);
CREATE INDEX ix_simulator_taps_member ON simulator_taps (member);
CREATE INDEX ix_simulator_taps_message_id ON simulator_taps (message_id);
CREATE INDEX ix_staff_changes_userid_now ON staff_changes (userid_now);
CREATE INDEX ix_stamp_coupons_member_id ON stamp_coupons (member_id, card);
CREATE INDEX ix_stamp_coupons_untold ON stamp_coupons (untold);
CREATE INDEX ix_stamps_member_id ON stamps (member_id, card);
CREATE INDEX ix_stamps_order_id ON stamps (order_id);
CREATE INDEX ix_submission_pictures_digest ON submission_pictures (digest);
CREATE INDEX ix_submission_pictures_state ON submission_pictures (state);
CREATE INDEX ix_submission_pictures_submission_id ON submission_pictures (submission_id);
CREATE INDEX ix_submissions_member_id ON submissions (member_id);
CREATE INDEX ix_submissions_settle_at ON submissions (settle_at) WHERE settle_at IS NOT NULL;
CREATE INDEX ix_submissions_state ON submissions (state, id);
CREATE INDEX ix_survey_answers_member_id ON survey_answers (member_id);
CREATE INDEX ix_survey_invitations_member_id ON survey_invitations (member_id);
CREATE INDEX ix_tier_changes_member_id ON tier_changes (member_id, id);
CREATE INDEX ix_tier_changes_tier ON tier_changes (tier, member_id);
CREATE INDEX ix_titles_held_member_id ON titles_held (member_id);
CREATE INDEX ix_trial_applications_member_id ON trial_applications (member_id);
CREATE INDEX ix_trial_applications_told ON trial_applications (told);
CREATE INDEX ix_trial_feedback_member_id ON trial_feedback (member_id);
CREATE INDEX ix_trials_closes_at ON trials (closes_at);
CREATE INDEX ix_voices_at ON voices (at);
CREATE INDEX ix_voices_member_id ON voices (member_id);
CREATE INDEX ix_voices_taken_at ON voices (taken_at);
CREATE INDEX ix_voices_untold ON voices (alert_at) WHERE told = 0;
CREATE UNIQUE INDEX uq_bookings_one_each ON bookings (member_id, service_id) WHERE state = 'booked';
CREATE UNIQUE INDEX uq_case_clocks_running ON case_clocks (case_id, timer) WHERE stopped_at IS NULL;
CREATE UNIQUE INDEX uq_case_evidence_key ON case_evidence (case_id, "key");
CREATE UNIQUE INDEX uq_cases_open ON cases (member_id) WHERE state <> 'closed';
CREATE UNIQUE INDEX uq_group_members_present ON group_members (chat_id, identity) WHERE left_at IS NULL;
CREATE UNIQUE INDEX uq_submissions_draft ON submissions (member_id) WHERE state = 'draft';
INSERT INTO alembic_version VALUES ('0043');
