#include <algorithm>
#include <array>

#include "protocol/document/vocabularies.h"

namespace protocol {

namespace {

constexpr Term kTermsKinds[] = {
    {"formal_consultation", "Consultation group"},
    {"informal_circle", "Informal peer circle"},
    {"online_community", "Online community"},
    {"mentorship_program", "Mentorship program"},
    {"workplace_program", "Workplace peer support"},
    {"lived_experience", "Lived-experience group"},
    {"buddy_pair", "Buddy pairs"},
    {"async_forum", "Forum or mailing list"},
    {"supervision_swap", "Supervision swap"},
    {"peer_support_group", "Peer support group"},
    {"peer_network", "Peer network"},
    {"study_group", "Study or reading group"},
    {"supervision_group", "Supervision group"},
    {"support_line", "Support line for colleagues"},
};

constexpr Term kTermsAudience[] = {
    {"therapists", "Therapists"},
    {"trainees", "Students and trainees"},
    {"workplace_staff", "Staff of one workplace"},
    {"lived_experience", "People with lived experience"},
    {"mixed", "Therapists and others together"},
    {"health_professionals", "Health professionals"},
    {"public", "Everybody"},
};

constexpr Term kTermsPurposes[] = {
    {"case_consultation", "Talking through cases"},
    {"emotional_debriefing", "Emotional debriefing"},
    {"collegiality", "Company of colleagues"},
    {"clinical_brainstorming", "Clinical ideas"},
    {"accountability", "Keeping one another accountable"},
    {"ethics_questions", "Questions of ethics"},
    {"practice_business", "Running a practice"},
    {"referral_network", "Referrals"},
    {"mentoring", "Mentoring"},
    {"crisis_aftercare", "Support after a crisis"},
};

constexpr Term kTermsNotFor[] = {
    {"not_therapy", "Not therapy"},
    {"not_supervision", "Not supervision"},
    {"not_crisis_service", "Not a crisis service"},
    {"not_legal_advice", "Not legal advice"},
    {"no_ce_credit", "No continuing education credit"},
};

constexpr Term kTermsFormats[] = {
    {"in_person", "In person", "schema.org/OfflineEventAttendanceMode"},
    {"video", "By video", "schema.org/OnlineEventAttendanceMode"},
    {"phone", "By telephone", "schema.org/OnlineEventAttendanceMode"},
    {"hybrid", "In person and online together", "schema.org/MixedEventAttendanceMode"},
    {"online_unspecified", "Online (channel not stated)", "schema.org/OnlineEventAttendanceMode"},
    {"async_text", "In writing, any time", "schema.org/OnlineEventAttendanceMode"},
    {"message_group", "Message group", "schema.org/OnlineEventAttendanceMode"},
};

constexpr Term kTermsScope[] = {
    {"site", "One workplace or campus"},
    {"local", "Local"},
    {"state", "One state or province"},
    {"multi_state", "Several states or provinces"},
    {"national", "National"},
    {"international", "International"},
};

constexpr Term kTermsStatus[] = {
    {"forming", "Forming", "HSDS active"}, {"active", "Active", "HSDS active"},
    {"full", "Full", "HSDS active"},       {"paused", "Paused", "HSDS temporarily closed"},
    {"closed", "Closed", "HSDS defunct"},  {"withdrawn", "Withdrawn", "HSDS defunct"},
};

constexpr Term kTermsCostModel[] = {
    {"free", "Free"},
    {"donation", "Donation"},
    {"included_in_membership", "Included in membership"},
    {"fee_per_meeting", "Fee for each meeting"},
    {"fee_per_term", "Fee for a term"},
    {"subscription", "Subscription"},
    {"sliding_scale", "Sliding scale"},
    {"employer_paid", "Paid by the employer"},
    {"swap", "Exchange, no money"},
};

constexpr Term kTermsCostPer[] = {
    {"meeting", "a meeting"}, {"month", "a month"}, {"term", "a term"},
    {"year", "a year"},       {"once", "once"},
};

constexpr Term kTermsCostFor[] = {
    {"all", "Everybody"},           {"members", "Members"},
    {"non_members", "Non-members"}, {"early_career", "Early career"},
    {"trainee", "Trainees"},
};

constexpr Term kTermsLicenseFamily[] = {
    {"psychologist", "Psychologist", "NUCC 103T00000X"},
    {"neuropsychologist", "Neuropsychologist", "NUCC 103G00000X"},
    {"clinical_social_worker", "Clinical social worker", "NUCC 1041C0700X"},
    {"professional_counselor", "Professional counselor", "NUCC 101YP2500X"},
    {"mental_health_counselor", "Mental health counselor", "NUCC 101YM0800X"},
    {"counselor_other", "Counselor (other)", "NUCC 101Y00000X"},
    {"marriage_family_therapist", "Marriage and family therapist", "NUCC 106H00000X"},
    {"addiction_counselor", "Addiction counselor", "NUCC 101YA0400X"},
    {"school_counselor", "School counselor", "NUCC 101YS0200X"},
    {"pastoral_counselor", "Pastoral counselor", "NUCC 101YP1600X"},
    {"rehabilitation_counselor", "Rehabilitation counselor", "NUCC 225C00000X"},
    {"psychiatrist", "Psychiatrist", "NUCC 2084P0800X"},
    {"psychiatric_nurse", "Psychiatric nurse", "NUCC 363LP0808X"},
    {"psychoanalyst", "Psychoanalyst", "NUCC 102L00000X"},
    {"behavior_analyst", "Behavior analyst", "NUCC 103K00000X"},
    {"creative_arts", "Creative arts therapist", "NUCC 221700000X"},
    {"peer_specialist", "Certified peer specialist", "NUCC 175T00000X"},
    {"community_health_worker", "Community health worker", "NUCC 172V00000X"},
    {"student_trainee", "Student or trainee", "NUCC 390200000X"},
};

constexpr Term kTermsLicenseLevel[] = {
    {"independent", "Independent license"},
    {"associate", "Associate or provisional license"},
    {"trainee", "In training"},
    {"retired", "Retired"},
};

constexpr Term kTermsLicenseRule[] = {
    {"any_licensed", "Any mental health license"},
    {"listed", "Only the licenses listed"},
    {"licensed_or_trainee", "Licensed or in training"},
    {"none_required", "No license needed"},
};

constexpr Term kTermsLicenseRegionRule[] = {
    {"same_as_region", "Licensed in the region that the group serves"},
    {"listed", "Licensed in one of the regions listed"},
    {"any_us", "Licensed anywhere in the United States"},
    {"any_country", "Licensed in any country"},
};

constexpr Term kTermsFacilitation[] = {
    {"rotating_peers", "Members take turns"},
    {"peer_lead", "A peer leads"},
    {"seasoned_clinician", "A seasoned clinician leads"},
    {"trained_peer_supporter", "A trained peer supporter leads"},
    {"professional_facilitator", "A paid facilitator leads"},
    {"moderated", "Moderated"},
    {"unmoderated", "Not moderated"},
};

constexpr Term kTermsScreening[] = {
    {"none", "Anybody eligible may come"}, {"brief_profile", "A short profile first"},
    {"interview", "A conversation first"}, {"referral_only", "By referral"},
    {"invitation", "By invitation"},
};

constexpr Term kTermsDropIn[] = {
    {"welcome", "Drop-ins welcome", "HSDS walk-in"},
    {"by_notice", "Say beforehand that you come", "HSDS by appointment"},
    {"no", "No drop-ins"},
};

constexpr Term kTermsCareerStages[] = {
    {"student", "Student"},
    {"pre_licensed", "Before the license"},
    {"early_career", "Early career (up to 5 years)"},
    {"mid", "Mid-career"},
    {"senior", "Senior"},
    {"retired", "Retired"},
};

constexpr Term kTermsPracticeSettings[] = {
    {"private_practice", "Private practice"},
    {"agency", "Agency"},
    {"hospital", "Hospital"},
    {"school", "School"},
    {"college", "College or university counseling"},
    {"military_va", "Military or veterans' services"},
    {"corrections", "Corrections"},
    {"telehealth_company", "Telehealth company"},
    {"academia", "Academia"},
    {"community_mental_health", "Community mental health"},
};

constexpr Term kTermsConfirmedByRole[] = {
    {"leader", "The group's leader"},
    {"chapter_admin", "The publisher’s secretary"},
    {"sponsor", "The sponsor"},
    {"telephone_check", "A telephone call"},
};

constexpr Term kTermsDisclosure[] = {
    {"public", "Everything is public"},
    {"card_only", "Only a card; ask for the rest"},
};

constexpr Term kTermsMembershipRequired[] = {
    {"none", "No membership needed"},
    {"member", "Members of one body"},
    {"member_of_any", "Members of any such body"},
    {"employee", "Employees"},
    {"alumni", "Alumni"},
};

constexpr Term kTermsAccessibility[] = {
    {"step_free", "Step-free"},
    {"hearing_loop", "Hearing loop"},
    {"captions_live", "Live captions", "schema.org captions"},
    {"captions_auto", "Automatic captions", "schema.org captions"},
    {"asl", "American Sign Language", "schema.org signLanguage"},
    {"screen_reader_ok", "Works with a screen reader"},
    {"phone_dial_in", "Telephone dial-in"},
    {"camera_optional", "Camera may stay off"},
    {"quiet_space", "Quiet space"},
    {"fragrance_aware", "Fragrance-aware"},
    {"parking", "Parking"},
    {"transit", "Near public transport"},
    {"materials_ahead", "Materials sent ahead"},
};

constexpr Term kTermsAgreementState[] = {
    {"signed_by_all", "Signed by every member"},
    {"published", "Published"},
    {"verbal", "Spoken"},
    {"none", "No agreement"},
    {"not_applicable", "Does not apply"},
};

constexpr Term kTermsAgreementClauses[] = {
    {"confidential_after_leaving", "Confidential even after leaving"},
    {"de_identified_cases", "Cases without names or details"},
    {"minimum_necessary", "Only what is necessary is told"},
    {"no_recording_all_consent", "No recording unless all consent"},
    {"secure_notes_destroyed", "Notes kept safe and destroyed"},
    {"dual_role_disclosure", "Dual roles are disclosed"},
    {"duties_not_relieved", "Legal duties stay"},
    {"signed_and_dated", "Signed and dated"},
    {"no_ai_transcription", "No transcription by software"},
    {"recognized_client_rule", "A rule for a client one recognizes"},
    {"no_social_media_posting", "Nothing on social media"},
};

constexpr Term kTermsSponsorKind[] = {
    {"university_department", "University department"},
    {"nonprofit", "Nonprofit"},
    {"licensing_board", "Licensing board"},
    {"association", "Association"},
    {"chapter", "Chapter of an association"},
    {"employer", "Employer"},
    {"health_system", "Health system"},
    {"fiscal_sponsor", "Fiscal sponsor"},
    {"none", "No sponsor"},
};

constexpr Term kTermsPlatformKind[] = {
    {"video", "Video meeting"},
    {"forum", "Forum"},
    {"chat", "Chat"},
    {"social", "Social network"},
};

constexpr Term kTermsPublisherKinds[] = {
    {"national_association", "National association"},
    {"state_chapter", "State chapter"},
    {"licensing_board", "Licensing board"},
    {"alumni_office", "Alumni office"},
    {"university_department", "University department"},
    {"nonprofit_foundation", "Nonprofit foundation"},
    {"independent_initiative", "Independent initiative"},
    {"collective", "Collective"},
    {"employer", "Employer"},
    {"survivor_led_project", "Survivor-led project"},
};

constexpr Term kTermsSetupEffort[] = {{"low", "Little"}, {"medium", "Some"}, {"high", "Much"}};

constexpr Term kTermsClinicalDepth[] = {
    {"none", "None"}, {"light", "Light"}, {"moderate", "Moderate"}, {"high", "High"}};

constexpr Term kTermsCharter[] = {
    {"membership_criteria", "Who may join"},
    {"confidentiality", "Confidentiality"},
    {"conflict_procedure", "What happens in a conflict"},
    {"mandatory_reporting_procedure", "Mandatory reporting"},
    {"leaving", "Leaving the group"},
    {"complaints", "Complaints"},
};

constexpr Term kTermsIdentityMode[] = {
    {"by_and_for", "By and for"}, {"centred", "Centered on"}, {"welcoming", "Welcoming"}};

constexpr Term kTermsResponseTime[] = {
    {"24h", "Within a day"},
    {"72h", "Within three days"},
    {"week", "Within a week"},
    {"unknown", "Not known"},
};

constexpr Term kTermsLicenseLevels[] = {
    {"independent", "Independent license"},
    {"associate_provisional", "Associate or provisional license"},
    {"trainee", "In training"},
    {"retired", "Retired"},
    {"compact_privilege", "Compact privilege"},
};

constexpr Term kTermsMeets[] = {
    {"by_arrangement", "By arrangement"},
    {"always_open", "Always open"},
};

constexpr Term kTermsFocusTopics[] = {
    {"trauma", "Trauma"},
    {"grief", "Grief"},
    {"couples", "Couples"},
    {"child_adolescent", "Children and adolescents"},
    {"substance_use", "Substance use"},
    {"eating", "Eating disorders"},
    {"perinatal", "Perinatal"},
    {"ocd", "OCD"},
    {"neurodiversity", "Neurodiversity"},
    {"forensic", "Forensic work"},
    {"assessment", "Assessment"},
    {"emdr", "EMDR"},
    {"act", "ACT"},
    {"ifs", "IFS"},
    {"cbt", "CBT"},
    {"dbt", "DBT"},
    {"psychodynamic", "Psychodynamic work"},
    {"burnout", "Burnout"},
    {"secondary_trauma", "Secondary trauma"},
    {"private_practice", "Private practice"},
    {"telehealth", "Telehealth"},
};

constexpr Term kTermsIdentityGroup[] = {
    {"bipoc", "BIPOC"},
    {"black", "Black"},
    {"latine", "Latine"},
    {"aapi", "Asian American and Pacific Islander"},
    {"indigenous", "Indigenous"},
    {"mena", "Middle Eastern and North African"},
    {"lgbtqia", "LGBTQIA+"},
    {"trans_nonbinary", "Trans and nonbinary"},
    {"women", "Women"},
    {"men", "Men"},
    {"disabled", "Disabled"},
    {"neurodivergent", "Neurodivergent"},
    {"immigrant", "Immigrants"},
    {"faith", "A faith"},
    {"veteran", "Veterans"},
    {"parent", "Parents"},
    {"rural", "Rural"},
    {"first_generation", "First generation"},
    {"size_inclusive", "Size-inclusive"},
};

constexpr Term kTermsMechanisms[] = {
    {"experiential_knowledge", "Knowledge from experience"},
    {"social_support", "Social support"},
    {"social_comparison", "Meeting others in the same place"},
    {"social_learning", "Learning from one another"},
    {"helper_therapy", "Helping as a help to oneself"},
    {"self_determination", "Self-determination"},
};

constexpr Term kTermsDocumentsRequired[] = {
    {"license_copy", "Copy of the license"},
    {"liability_cover", "Proof of liability cover"},
    {"signed_agreement", "Signed agreement"},
    {"supervision_contract", "Supervision contract"},
    {"none", "No documents"},
};

constexpr Term kTermsCriterionKind[] = {
    {"training", "Training"}, {"experience", "Experience"},
    {"caseload", "Caseload"}, {"identity", "Identity"},
    {"age", "Age"},           {"employer", "Employer"},
};

constexpr Term kTermsPrecision[] = {
    {"exact", "Exact"},
    {"neighbourhood", "Neighborhood"},
    {"city", "City"},
    {"none", "No point"},
};

constexpr Term kTermsYesNoUnknown[] = {{"yes", "Yes"}, {"no", "No"}, {"unknown", "Not known"}};

constexpr Term kTermsTerm[] = {{"open", "Open-ended"}, {"fixed", "Fixed term"}};

constexpr Term kTermsCostRefund[] = {
    {"none", "No refund"},
    {"pro_rata", "Refund of the rest"},
    {"full_until", "Full refund until a date"},
};

constexpr Term kTermsSponsorRelation[] = {
    {"runs", "Runs the group"},
    {"hosts", "Hosts the group"},
    {"funds", "Funds the group"},
    {"endorses", "Endorses the group"},
};

constexpr Term kTermsAgreementResign[] = {
    {"yearly", "Every year"},
    {"on_membership_change", "When members change"},
    {"both", "Every year and when members change"},
    {"never", "Never"},
};

constexpr Term kTermsEthicsFrameworks[] = {
    {"apa", "APA"},
    {"aca", "ACA"},
    {"nasw", "NASW"},
    {"nbcc", "NBCC"},
    {"aamft", "AAMFT"},
    {"state", "State code"},
    {"peer_support_code", "A peer support code"},
    {"none", "None"},
};

constexpr Term kTermsEvidenceKind[] = {
    {"url", "Web page"},        {"document_hash", "Document"},   {"vouch", "Word of a colleague"},
    {"statement", "Statement"}, {"phone_log", "Telephone call"},
};

// In the order of the enumerators, so that a vocabulary is found by its number; a test walks it.
constexpr VocabularyInfo kVocabularies[] = {
    {Vocabulary::kinds, "kinds", kTermsKinds},
    {Vocabulary::audience, "audience", kTermsAudience},
    {Vocabulary::purposes, "purposes", kTermsPurposes},
    {Vocabulary::not_for, "not_for", kTermsNotFor},
    {Vocabulary::formats, "formats", kTermsFormats},
    {Vocabulary::scope, "scope", kTermsScope},
    {Vocabulary::status, "status", kTermsStatus},
    {Vocabulary::cost_model, "cost_model", kTermsCostModel},
    {Vocabulary::cost_per, "cost_per", kTermsCostPer},
    {Vocabulary::cost_for, "cost_for", kTermsCostFor},
    {Vocabulary::license_family, "license_family", kTermsLicenseFamily},
    {Vocabulary::license_level, "license_level", kTermsLicenseLevel},
    {Vocabulary::license_rule, "license_rule", kTermsLicenseRule},
    {Vocabulary::license_region_rule, "license_region_rule", kTermsLicenseRegionRule},
    {Vocabulary::facilitation, "facilitation", kTermsFacilitation},
    {Vocabulary::screening, "screening", kTermsScreening},
    {Vocabulary::drop_in, "drop_in", kTermsDropIn},
    {Vocabulary::career_stages, "career_stages", kTermsCareerStages},
    {Vocabulary::practice_settings, "practice_settings", kTermsPracticeSettings},
    {Vocabulary::confirmed_by_role, "confirmed_by_role", kTermsConfirmedByRole},
    {Vocabulary::disclosure, "disclosure", kTermsDisclosure},
    {Vocabulary::membership_required, "membership_required", kTermsMembershipRequired},
    {Vocabulary::accessibility, "accessibility", kTermsAccessibility},
    {Vocabulary::agreement_state, "agreement_state", kTermsAgreementState},
    {Vocabulary::agreement_clauses, "agreement_clauses", kTermsAgreementClauses},
    {Vocabulary::sponsor_kind, "sponsor_kind", kTermsSponsorKind},
    {Vocabulary::platform_kind, "platform_kind", kTermsPlatformKind},
    {Vocabulary::publisher_kinds, "publisher_kinds", kTermsPublisherKinds},
    {Vocabulary::setup_effort, "setup_effort", kTermsSetupEffort},
    {Vocabulary::clinical_depth, "clinical_depth", kTermsClinicalDepth},
    {Vocabulary::charter, "charter", kTermsCharter},
    {Vocabulary::identity_mode, "identity_mode", kTermsIdentityMode},
    {Vocabulary::response_time, "response_time", kTermsResponseTime},
    {Vocabulary::license_levels, "license_levels", kTermsLicenseLevels},
    {Vocabulary::meets, "meets", kTermsMeets},
    {Vocabulary::focus_topics, "focus_topics", kTermsFocusTopics},
    {Vocabulary::identity_group, "identity_group", kTermsIdentityGroup},
    {Vocabulary::mechanisms, "mechanisms", kTermsMechanisms},
    {Vocabulary::documents_required, "documents_required", kTermsDocumentsRequired},
    {Vocabulary::criterion_kind, "criterion_kind", kTermsCriterionKind},
    {Vocabulary::precision, "precision", kTermsPrecision},
    {Vocabulary::yes_no_unknown, "yes_no_unknown", kTermsYesNoUnknown},
    {Vocabulary::term, "term", kTermsTerm},
    {Vocabulary::cost_refund, "cost_refund", kTermsCostRefund},
    {Vocabulary::sponsor_relation, "sponsor_relation", kTermsSponsorRelation},
    {Vocabulary::agreement_resign, "agreement_resign", kTermsAgreementResign},
    {Vocabulary::ethics_frameworks, "ethics_frameworks", kTermsEthicsFrameworks},
    {Vocabulary::evidence_kind, "evidence_kind", kTermsEvidenceKind},
};

}  // namespace

std::span<const VocabularyInfo> vocabularies() { return kVocabularies; }

std::span<const Term> terms(Vocabulary vocabulary) {
  return kVocabularies[static_cast<std::size_t>(vocabulary)].terms;
}

bool is_known(Vocabulary vocabulary, std::string_view value) {
  const auto known = terms(vocabulary);
  return std::any_of(known.begin(), known.end(),
                     [&](const Term& term) { return term.value == value; });
}

std::string_view standard_of(Vocabulary vocabulary, std::string_view value) {
  for (const auto& term : terms(vocabulary)) {
    if (term.value == value) return term.standard;
  }
  return {};
}

std::string label(Vocabulary vocabulary, std::string_view value) {
  for (const auto& term : terms(vocabulary)) {
    if (term.value == value) return std::string(term.label);
  }
  // What tools write where a publisher said no kind, since one must be there.
  if (vocabulary == Vocabulary::kinds && value == "group") return "Group (kind not stated)";
  return "other (" + std::string(value) + ")";
}

}  // namespace protocol
